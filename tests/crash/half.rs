//! What stands between the program and the server and lets half of a write through.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A door to the server.
pub struct Door {
    /// Where it is.
    pub port: u16,
    halved: Receiver<()>,
    /// The rest of the write is held back until this is gone.
    _held: Sender<()>,
}

impl Door {
    /// A door to a port behind which the server is; of this write only half goes through.
    pub fn to(port: u16, write: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let (tell, halved) = channel();
        let (held, holds) = channel::<()>();
        let way = Arc::new(Way {
            port,
            write,
            seen: AtomicUsize::new(0),
            tell,
            holds: Mutex::new(holds),
        });
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let way = Arc::clone(&way);
                // By itself: a connection may be opened and not be used.
                std::thread::spawn(move || way.let_through(client));
            }
        });
        Self { port: own, halved, _held: held }
    }

    /// Waits until half of the write has gone through.
    pub fn wait(&self) {
        self.halved.recv_timeout(Duration::from_mins(1)).expect("half of the write");
    }
}

struct Way {
    port: u16,
    write: usize,
    seen: AtomicUsize,
    tell: Sender<()>,
    holds: Mutex<Receiver<()>>,
}

impl Way {
    fn let_through(&self, mut client: TcpStream) {
        let mut begin = vec![0; 65_536];
        let length = client.read(&mut begin).unwrap_or(0);
        begin.truncate(length);
        let Ok(mut server) = TcpStream::connect(("127.0.0.1", self.port)) else { return };
        let verbs: [&[u8]; 3] = [b"POST ", b"PUT ", b"DELETE "];
        let writes = verbs.iter().any(|verb| begin.starts_with(verb));
        if writes && self.seen.fetch_add(1, Ordering::Relaxed) + 1 == self.write {
            server.write_all(&begin[..length / 2]).unwrap();
            self.tell.send(()).unwrap();
            let _over = self.holds.lock().unwrap().recv();
            return;
        }
        let _gone = server.write_all(&begin);
        let (back, forth) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        std::thread::spawn(move || pass_on(client, forth));
        pass_on(server, back);
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream) {
    let _broken_off = std::io::copy(&mut from, &mut to);
    let _closed = to.shutdown(Shutdown::Write);
}
