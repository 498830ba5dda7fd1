//! The files of the operator console: what a browser is told about them, and how large they are.

use std::{fs, path::Path};
use tests::{answer::Answer, plaza::Plaza, request::get};

async fn ask(path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers.iter().fold(get(path), |request, (name, value)| request.header(name, value));
    Plaza::open().send("operator-console", request).await
}

/// Where the page says that its files are.
async fn folder() -> String {
    let page = ask("/console", &[]).await;
    let page = page.text();
    let (_, rest) = page.split_once("src=\"").unwrap();
    rest.split_once("app.js").unwrap().0.to_owned()
}

/// The scripts as the page may load them.
fn scripts() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions/operator-console/page");
    let folders = [page.clone(), page.join("vendor")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| Path::new(name).extension().is_some_and(|kind| kind == "js")).collect()
}

#[tokio::test]
async fn the_page_answers_without_a_redirect_and_lets_no_other_script_in() {
    for path in ["/console", "/board/S1"] {
        let page = ask(path, &[]).await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, Some("text/html; charset=utf-8")));
        assert_eq!(page.header("cache-control"), Some("no-cache"), "{path}");
        let policy = page.header("content-security-policy").unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "));
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!page.text().contains("://") && !page.text().contains("{version}"), "{path}");
    }
}

#[tokio::test]
async fn files_are_kept_for_ever_under_their_version_and_asked_for_under_another() {
    let folder = folder().await;
    let file = ask(&format!("{folder}app.js"), &[]).await;
    assert_eq!(file.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let other = ask("/console/of-another-release/app.js", &[]).await;
    assert_eq!((other.status.as_u16(), other.header("cache-control")), (200, Some("no-cache")));
    assert_eq!(other.header("etag"), file.header("etag"));
    let again = ask("/console", &[("if-none-match", ask("/console", &[]).await.header("etag").unwrap())]).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    for missing in [format!("{folder}fetch"), format!("{folder}index.html"), format!("{folder}none.js")] {
        assert_eq!(ask(&missing, &[]).await.status, 404, "{missing}");
    }
}

#[tokio::test]
async fn all_scripts_together_are_at_most_sixty_kilobytes_compressed() {
    let (folder, mut bytes) = (folder().await, 0);
    for script in scripts() {
        let answer = ask(&format!("{folder}{script}"), &[("accept-encoding", "gzip")]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-encoding")), (200, Some("gzip")), "{script}");
        bytes += answer.body.len();
    }
    assert!(bytes <= 60 * 1024, "{bytes} bytes of scripts");
}

/// What is checked in are the versions that the script beside them fetches.
#[test]
fn the_libraries_are_the_versions_that_are_stated() {
    let vendor = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions/operator-console/page/vendor");
    let fetch = fs::read_to_string(vendor.join("fetch")).unwrap();
    let stated = fetch.lines().filter_map(|line| line.strip_prefix("unpack ")?.split_once(" sha512-"));
    let stated: Vec<_> = stated.map(|(version, _)| version.split_once(' ').unwrap()).collect();
    assert_eq!(stated.len(), 2);
    for (name, version) in stated {
        let script = fs::read_to_string(vendor.join(format!("{name}.js"))).unwrap();
        assert!(script.starts_with(&format!("/* {name} {version} */")), "{name}");
        assert!(vendor.join(format!("{name}.LICENSE")).is_file(), "{name}");
    }
}
