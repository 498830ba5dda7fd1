//! Compresses the files of `page` once, and lists them for the program under a version that is a checksum of them all.

use flate2::{Compression, Crc, write::GzEncoder};
use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    #[expect(clippy::disallowed_methods, reason = "this is how cargo says where it wants the results")]
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=page");
    let mut files = BTreeMap::new();
    for folder in ["page", "page/vendor"] {
        collect(Path::new(folder), &mut files)?;
    }
    let page = files.remove("index.html").ok_or("page/index.html is missing")?;
    let version = version(&files);
    let page = String::from_utf8(page)?.replace("{version}", &version);
    let mut listed = format!("const VERSION: &str = {version:?};\nconst PAGE: StaticFile = ");
    entry(&out, "index.html", page.as_bytes(), &mut listed)?;
    listed.push_str(";\nconst FILES: &[(&str, StaticFile)] = &[\n");
    for (name, content) in &files {
        write!(listed, "({name:?}, ")?;
        entry(&out, name, content, &mut listed)?;
        listed.push_str("),\n");
    }
    listed.push_str("];\n");
    fs::write(out.join("files.rs"), listed)?;
    Ok(())
}

/// What a page of this kind loads; licences and the script that fetches the libraries stay behind.
fn collect(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Outcome<()> {
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().and_then(|kind| media(kind.to_str()?)).is_some() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(name, fs::read(path)?);
        }
    }
    Ok(())
}

fn media(extension: &str) -> Option<&'static str> {
    match extension {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        _ => None,
    }
}

fn version(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut sum = Crc::new();
    for (name, content) in files {
        sum.update(name.as_bytes());
        sum.update(content);
    }
    format!("{:08x}", sum.sum())
}

/// A `StaticFile` as Rust writes it.
fn entry(out: &Path, name: &str, content: &[u8], listed: &mut String) -> Outcome<()> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(content)?;
    fs::write(out.join(name), content)?;
    fs::write(out.join(format!("{name}.gz")), packed.finish()?)?;
    let media = media(name.rsplit('.').next().unwrap_or_default()).unwrap_or_default();
    let bytes = |file: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\"))");
    let (plain, packed) = (bytes(name), bytes(&format!("{name}.gz")));
    write!(listed, "StaticFile {{ media: {media:?}, packed: {packed}, plain: Some({plain}) }}")?;
    Ok(())
}
