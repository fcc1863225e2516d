//! The crate as it is written: its modules, what each defines and imports, and every path that it names.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Meta, UseTree};

/// A module's place: the names from the crate's root.
pub type Place = Vec<String>;

/// A path as it stands in the source, not resolved yet. A first segment of `::` is for other crates.
#[derive(Clone, Debug)]
pub struct Named {
    pub segments: Vec<String>,
    pub line: usize,
    pub in_test: bool,
}

/// An import: what is meant, and the name it gets; `*` for all names.
#[derive(Clone, Debug)]
pub struct Import {
    pub name: String,
    pub target: Vec<String>,
}

/// A module.
#[derive(Default)]
pub struct Module {
    pub file: PathBuf,
    pub defines: HashSet<String>,
    pub imports: Vec<Import>,
    pub names: Vec<Named>,
}

/// All modules by their place; `main.rs` is the module `main`.
#[derive(Default)]
pub struct Crate {
    pub modules: HashMap<Place, Module>,
    /// What can't be judged, as words for a failure.
    pub troubles: Vec<String>,
    files: BTreeMap<PathBuf, String>,
    read: HashSet<PathBuf>,
}

impl Crate {
    /// The crate whose `lib.rs` is in this folder.
    pub fn read(src: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(src, src, &mut files);
        Self::of(files)
    }

    /// A crate of these files, named as below `src`.
    pub fn of(files: BTreeMap<PathBuf, String>) -> Self {
        let mut krate = Self { files, ..Self::default() };
        krate.file(Path::new("lib.rs"), &vec![], false);
        krate.file(Path::new("main.rs"), &vec!["main".to_owned()], false);
        let lost: Vec<_> =
            krate.files.keys().filter(|f| !krate.read.contains(*f)).cloned().collect();
        for file in lost {
            krate.troubles.push(format!("src/{}: no module declares it", file.display()));
        }
        krate
    }

    fn file(&mut self, path: &Path, place: &Place, in_test: bool) {
        let Some(text) = self.files.get(path).cloned() else { return };
        self.read.insert(path.to_owned());
        match syn::parse_file(&text) {
            Ok(file) => self.module(path, place, &file.items, in_test),
            Err(error) => self.troubles.push(format!("src/{}: {error}", path.display())),
        }
    }

    fn module(&mut self, file: &Path, place: &Place, items: &[Item], in_test: bool) {
        let mut reader = Reader {
            module: Module { file: file.to_owned(), ..Module::default() },
            inner: Vec::new(),
            troubles: Vec::new(),
            test_depth: usize::from(in_test),
        };
        for item in items {
            reader.visit_item(item);
        }
        let Reader { module, inner, troubles, .. } = reader;
        self.troubles.extend(troubles);
        self.modules.insert(place.clone(), module);
        for (child, child_in_test) in inner {
            let mut child_place = place.clone();
            child_place.push(plain(&child.ident));
            match &child.content {
                Some((_, items)) => self.module(file, &child_place, items, child_in_test),
                None => self.outer(file, &child, &child_place, child_in_test),
            }
        }
    }

    fn outer(&mut self, file: &Path, child: &ItemMod, place: &Place, in_test: bool) {
        if child.attrs.iter().any(|attribute| attribute.path().is_ident("path")) {
            let (file, name) = (file.display(), &child.ident);
            self.troubles.push(format!("src/{file}: `#[path]` hides the room of `mod {name}`"));
        }
        let below: PathBuf = place.iter().collect();
        let beside = below.with_extension("rs");
        let found = [beside, below.join("mod.rs")].into_iter().find(|p| self.files.contains_key(p));
        match found {
            Some(path) => self.file(&path, place, in_test),
            None => self.troubles.push(format!("src/{}: no file for it", below.display())),
        }
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            files.insert(path.strip_prefix(root).unwrap().to_owned(), text);
        }
    }
}

/// Reads one module; stops at the modules inside it.
struct Reader {
    module: Module,
    inner: Vec<(ItemMod, bool)>,
    troubles: Vec<String>,
    test_depth: usize,
}

impl Reader {
    fn within(&mut self, attributes: &[Attribute], read: impl FnOnce(&mut Self)) {
        let in_test = usize::from(is_test(attributes));
        self.test_depth += in_test;
        read(self);
        self.test_depth -= in_test;
    }

    fn name(&mut self, segments: Vec<String>, line: usize) {
        self.module.names.push(Named { segments, line, in_test: self.test_depth > 0 });
    }

    fn import(&mut self, before: &mut Vec<String>, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => {
                before.push(plain(&path.ident));
                self.import(before, &path.tree);
                before.pop();
            }
            UseTree::Name(name) => self.imported(before, &name.ident, plain(&name.ident)),
            UseTree::Rename(name) => self.imported(before, &name.ident, plain(&name.rename)),
            UseTree::Glob(glob) => {
                self.name(before.clone(), glob.star_token.spans[0].start().line);
                self.module.imports.push(Import { name: "*".to_owned(), target: before.clone() });
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(before, tree));
            }
        }
    }

    fn imported(&mut self, before: &[String], ident: &proc_macro2::Ident, name: String) {
        let mut target = before.to_vec();
        let mut name = name;
        if ident == "self" && !before.is_empty() {
            // `use a::b::{self}` brings in `b`.
            if name == "self" {
                name.clone_from(&before[before.len() - 1]);
            }
        } else {
            target.push(plain(ident));
        }
        self.name(target.clone(), ident.span().start().line);
        self.module.imports.push(Import { name, target });
    }

    /// Every `a::b::c` in a token stream, whatever the tokens are for.
    fn tokens(&mut self, stream: TokenStream) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            match &trees[at] {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let mut segments = vec![plain(first)];
                    if at >= 2 && is_colons(&trees, at - 2) && !is_joined(&trees, at) {
                        segments.insert(0, "::".to_owned());
                    }
                    while is_colons(&trees, at + 1) {
                        let Some(TokenTree::Ident(next)) = trees.get(at + 3) else { break };
                        segments.push(plain(next));
                        at += 3;
                    }
                    if segments.len() > 1 {
                        self.name(segments, first.span().start().line);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = attributes(item);
        self.within(attributes, |reader| match item {
            Item::Mod(module) => {
                reader.module.defines.insert(plain(&module.ident));
                reader.inner.push((module.clone(), reader.test_depth > 0));
            }
            Item::Use(import) => reader.visit_item_use(import),
            Item::ExternCrate(other) => {
                let name = other.rename.as_ref().map_or(&other.ident, |(_, name)| name);
                let target = if other.ident == "self" {
                    vec!["crate".to_owned()]
                } else {
                    vec!["::".to_owned(), plain(&other.ident)]
                };
                reader.name(target.clone(), other.ident.span().start().line);
                reader.module.imports.push(Import { name: plain(name), target });
            }
            other => {
                if let Some(name) = defined(other) {
                    reader.module.defines.insert(name);
                }
                reader.tokens(quote::ToTokens::to_token_stream(other));
                // Imports inside of functions count for the whole module.
                visit::visit_item(reader, other);
            }
        });
    }

    fn visit_item_use(&mut self, import: &'ast ItemUse) {
        let mut before = Vec::new();
        if import.leading_colon.is_some() {
            before.push("::".to_owned());
        }
        self.import(&mut before, &import.tree);
    }

    /// Paths in an attribute's texts, such as `#[serde(with = "crate::room")]`; its tokens are the item's.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let Meta::List(list) = &attribute.meta else { return };
        let already = self.module.names.len();
        for text in texts(list.tokens.clone()) {
            if let Ok(tokens) = text.parse::<TokenStream>() {
                self.tokens(tokens);
            }
        }
        // A text has lines of its own.
        let line = attribute.pound_token.spans[0].start().line;
        self.module.names[already..].iter_mut().for_each(|named| named.line = line);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if call.path.is_ident("include") {
            let file = self.module.file.display();
            self.troubles.push(format!("src/{file}: `include!` hides source from this test"));
        }
    }
}

fn plain(ident: &proc_macro2::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

/// Whether `::` begins at this place.
fn is_colons(trees: &[TokenTree], at: usize) -> bool {
    let colon =
        |tree: Option<&TokenTree>| matches!(tree, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    let joint = |tree: Option<&TokenTree>| matches!(tree, Some(TokenTree::Punct(p)) if p.spacing() == proc_macro2::Spacing::Joint);
    colon(trees.get(at)) && joint(trees.get(at)) && colon(trees.get(at + 1))
}

/// Whether the `::` before this place goes on from a type, as in `Vec::<u8>::new`.
fn is_joined(trees: &[TokenTree], at: usize) -> bool {
    match at.checked_sub(3).and_then(|before| trees.get(before)) {
        Some(TokenTree::Punct(punct)) => punct.as_char() == '>',
        Some(TokenTree::Ident(ident)) => !matches!(
            ident.to_string().as_str(),
            "use"
                | "in"
                | "as"
                | "return"
                | "mut"
                | "dyn"
                | "impl"
                | "else"
                | "match"
                | "if"
                | "while"
                | "let"
                | "ref"
                | "move"
                | "where"
                | "for"
                | "break"
        ),
        _ => false,
    }
}

/// All texts in a token stream.
fn texts(stream: TokenStream) -> Vec<String> {
    stream
        .into_iter()
        .flat_map(|tree| match tree {
            TokenTree::Group(group) => texts(group.stream()),
            TokenTree::Literal(literal) => {
                let literal = syn::Lit::new(literal);
                if let syn::Lit::Str(text) = literal { vec![text.value()] } else { vec![] }
            }
            _ => vec![],
        })
        .collect()
}

/// Whether an item is only there in tests.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_test_function = attribute.path().segments.last().is_some_and(|s| s.ident == "test");
        is_test_function || (attribute.path().is_ident("cfg") && demands_test(&attribute.meta))
    })
}

/// Whether a `cfg(…)` or `all(…)` holds in tests alone.
fn demands_test(meta: &Meta) -> bool {
    let Meta::List(list) = meta else { return meta.path().is_ident("test") };
    if !(list.path.is_ident("cfg") || list.path.is_ident("all")) {
        return false;
    }
    let commas = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
    list.parse_args_with(commas).is_ok_and(|inner| inner.iter().any(demands_test))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn defined(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(plain(ident))
}
