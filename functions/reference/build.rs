//! Compresses, once, what is compiled in.

use flate2::{Compression, write::GzEncoder};
use std::{env, error::Error, fs, io::Write as _, path::Path};

const FILES: [&str; 3] = ["../../docs/openapi.json", "page/index.html", "page/start.js"];

fn main() -> Result<(), Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "this is how cargo says where it wants the results")]
    let out = env::var("OUT_DIR")?;
    for file in FILES {
        println!("cargo::rerun-if-changed={file}");
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&fs::read(file)?)?;
        let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy();
        fs::write(Path::new(&out).join(format!("{name}.gz")), packed.finish()?)?;
    }
    Ok(())
}
