//! Names from many places. Where a name isn't written in plain ASCII, the part after `=` is how its bearer
//! writes it in an e-mail address.

/// First names and family names that go together.
pub(super) struct Culture {
    pub first: &'static [&'static str],
    pub last: &'static [&'static str],
    /// How many of a hundred people come from here.
    pub share: u64,
}

/// As shown, and as in an address.
pub(super) fn split(name: &'static str) -> (&'static str, String) {
    let (shown, plain) = name.split_once('=').unwrap_or((name, name));
    let plain = plain.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    (shown, plain.to_lowercase())
}

pub(super) const CULTURES: &[Culture] = &[
    Culture {
        share: 22,
        first: &[
            "Alice",
            "Oliver",
            "Grace",
            "Ethan",
            "Harriet",
            "Marcus",
            "Imogen",
            "Theodore",
            "Ruth",
            "Dominic",
            "Phoebe",
            "Nathaniel",
            "Beatrix",
            "Callum",
            "Josephine",
            "Wesley",
        ],
        last: &[
            "Archer",
            "Whitfield",
            "Okafor-Hughes",
            "Pemberton",
            "Lockwood",
            "Fairbanks",
            "Hawthorne",
            "Ashdown",
            "Merriweather",
            "Calloway",
            "Thackeray-Montgomery",
            "Sinclair",
            "Braithwaite",
            "Holloway",
        ],
    },
    Culture {
        share: 10,
        first: &[
            "Jürgen=Juergen",
            "Anneliese",
            "Matthias",
            "Friederike",
            "Björn=Bjoern",
            "Lieselotte",
            "Klaus",
            "Käthe=Kaethe",
            "Sebastian",
            "Mechthild",
        ],
        last: &[
            "Müller=Mueller",
            "Schröder=Schroeder",
            "Weiß=Weiss",
            "Hohenwarter von Lindenfels",
            "Bäcker=Baecker",
            "Vogelsang",
            "Krüger=Krueger",
            "Schmidt",
            "Zimmermann",
            "Leutheusser-Schnarrenberger",
        ],
    },
    Culture {
        share: 9,
        first: &[
            "José=Jose",
            "María Fernanda=MariaFernanda",
            "Íñigo=Inigo",
            "Lucía=Lucia",
            "Andrés=Andres",
            "Ximena",
            "Joaquín=Joaquin",
            "Sofía=Sofia",
            "Ángel=Angel",
            "Begoña=Begona",
        ],
        last: &[
            "García=Garcia",
            "Núñez=Nunez",
            "Hernández Villalobos=HernandezVillalobos",
            "Ibáñez=Ibanez",
            "Peña=Pena",
            "Castañeda=Castaneda",
            "Rodríguez=Rodriguez",
            "Zúñiga=Zuniga",
            "Ortega",
        ],
    },
    Culture {
        share: 8,
        first: &[
            "Priya",
            "Arjun",
            "Lakshmi",
            "Vikram",
            "Ananya",
            "Rohan",
            "Meenakshi",
            "Siddharth",
            "Kavya",
            "Harpreet",
        ],
        last: &[
            "Iyer",
            "Subramaniam",
            "Banerjee",
            "Chaudhary",
            "Krishnamurthy",
            "Patel",
            "Venkataraghavan",
            "Gill",
            "Deshpande",
        ],
    },
    Culture {
        share: 7,
        first: &[
            "美咲=Misaki",
            "健太=Kenta",
            "陽子=Yoko",
            "大輔=Daisuke",
            "さくら=Sakura",
            "翔太=Shota",
        ],
        last: &[
            "田中=Tanaka",
            "佐藤=Sato",
            "小林=Kobayashi",
            "渡辺=Watanabe",
            "長谷川=Hasegawa",
            "伊藤=Ito",
        ],
    },
    Culture {
        share: 7,
        first: &["伟=Wei", "秀英=Xiuying", "芳=Fang", "建国=Jianguo", "雨桐=Yutong", "浩然=Haoran"],
        last: &["王=Wang", "李=Li", "张=Zhang", "欧阳=Ouyang", "陈=Chen", "刘=Liu"],
    },
    Culture {
        share: 6,
        first: &["민준=Minjun", "서연=Seoyeon", "지훈=Jihoon", "수빈=Subin", "하은=Haeun"],
        last: &["김=Kim", "이=Lee", "박=Park", "최=Choi", "정=Jung"],
    },
    Culture {
        share: 7,
        first: &[
            "Zoë=Zoe",
            "François=Francois",
            "Anaïs=Anais",
            "Loïc=Loic",
            "Éloïse=Eloise",
            "Aurélien=Aurelien",
            "Maëlle=Maelle",
        ],
        last: &[
            "Lefèvre=Lefevre",
            "Désirée-Beaumont=Desiree-Beaumont",
            "Gauthier",
            "de La Rochefoucauld",
            "Ménard=Menard",
            "Noël=Noel",
            "Châtelain=Chatelain",
        ],
    },
    Culture {
        share: 6,
        first: &[
            "Søren=Soren",
            "Åsa=Asa",
            "Jóhanna=Johanna",
            "Bjørn=Bjorn",
            "Þórunn=Thorunn",
            "Väinö=Vaino",
            "Linnéa=Linnea",
        ],
        last: &[
            "Ødegård=Odegard",
            "Sigurðardóttir=Sigurdardottir",
            "Lindström=Lindstrom",
            "Hämäläinen=Hamalainen",
            "Kjær=Kjaer",
            "Ångström=Angstrom",
        ],
    },
    Culture {
        share: 6,
        first: &[
            "Łukasz=Lukasz",
            "Agnieszka",
            "Jiří=Jiri",
            "Věra=Vera",
            "Zsófia=Zsofia",
            "Bogdan",
            "Dragoslava",
            "Šárka=Sarka",
        ],
        last: &[
            "Wiśniewski=Wisniewski",
            "Dvořák=Dvorak",
            "Szczęsny=Szczesny",
            "Kovács=Kovacs",
            "Grzegorzewska",
            "Ștefănescu=Stefanescu",
            "Đorđević=Djordjevic",
        ],
    },
    Culture {
        share: 5,
        first: &[
            "Chioma",
            "Kwame",
            "Adaeze",
            "Thandiwe",
            "Olúwaṣeun=Oluwaseun",
            "Amina",
            "Nkechi",
            "Tendai",
        ],
        last: &["Okonkwo", "Mensah", "Adébáyọ̀=Adebayo", "Nkosi", "Chukwuemeka", "Ndlovu", "Diallo"],
    },
    Culture {
        share: 4,
        first: &["ליאור=Lior", "נועה=Noa", "ليلى=Layla", "يوسف=Yousef", "فاطمة=Fatima"],
        last: &["כהן=Cohen", "לוי=Levi", "حداد=Haddad", "المنصوري=AlMansouri", "خوري=Khoury"],
    },
    Culture {
        share: 3,
        first: &[
            "Nguyễn Thị Minh=ThiMinh",
            "กิตติพงษ์=Kittipong",
            "Đức=Duc",
            "สุภาพร=Supaporn",
            "Putri",
        ],
        last: &["Trần=Tran", "ศรีสุวรรณ=Srisuwan", "Phạm=Pham", "Wijayakusuma", "วงศ์สวัสดิ์=Wongsawat"],
    },
];

/// The zones of the company, the important ones first.
pub(super) const ZONES: &[&str] = &[
    "northwind.example",
    "shop.example",
    "pay.example",
    "status.example",
    "edge.example",
    "docs.example",
    "eu-shop.example",
    "jp-shop.example",
    "careers.example",
    "press.example",
    "partners.example",
    "staging-shop.example",
    "labs.example",
    "legacy.example",
];

/// Words from which the names of further groups are made.
pub(super) const TEAMS: &[&str] = &[
    "atlas", "beacon", "cedar", "delta", "ember", "fjord", "granite", "harbor", "iris", "juniper",
    "kestrel", "lumen", "maple", "nimbus", "onyx", "prairie", "quartz", "raven", "sierra",
    "tundra",
];
/// What such a group does.
pub(super) const DUTIES: &[&str] =
    &["dns", "deploy", "read", "ops", "waf", "cache", "analytics", "workers", "access", "support"];
