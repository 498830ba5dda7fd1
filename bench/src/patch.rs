//! Copies of a function's binary that call the stand-ins. A build for AWS takes no endpoint and no root certificate from
//! its environment, so the copies differ from what is deployed in read-only bytes: the first root is ours, and where TLS is
//! not what is measured, DynamoDB is asked without.

use crate::http::find;
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----\n";
const END: &[u8] = b"-----END CERTIFICATE-----\n";

pub fn copy(from: &Path, to: &Path, root: &[u8], without_tls: bool) {
    let mut binary = fs::read(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    put_root(&mut binary, root);
    if without_tls {
        replace(&mut binary, b"https://dynamodb.", b"http://adynamodb.");
    }
    fs::write(to, binary).expect("a copy");
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).expect("a mode");
}

/// A function without a table has no roots, and is left alone.
fn put_root(binary: &mut [u8], root: &[u8]) {
    let Some(begin) = find(binary, BEGIN) else { return };
    let end = begin + find(&binary[begin..], END).expect("the end of a certificate") + END.len();
    assert!(root.len() <= end - begin, "our root is longer than the one it takes the place of");
    binary[begin..end].fill(b'\n');
    binary[begin..begin + root.len()].copy_from_slice(root);
}

fn replace(binary: &mut [u8], old: &[u8], new: &[u8]) {
    let mut from = 0;
    while let Some(at) = find(&binary[from..], old) {
        from += at;
        binary[from..from + new.len()].copy_from_slice(new);
    }
}
