//! Ports on 127.0.0.1.

use crate::{Problem, Result, doing, paths::StackDir, paths::replace};
use std::net::{Ipv4Addr, TcpListener};

/// Binds the requested port, or any free one for 0.
pub fn wanted(port: u16) -> Result<TcpListener> {
    bind(port).ok_or_else(|| {
        Problem(format!("port {port} is taken by another program; choose another one with --port, or --port 0"))
    })
}

/// The port of the last run if it is still free, so that stored addresses stay valid.
pub fn remembered(dir: &StackDir, name: &str) -> Result<u16> {
    let file = dir.join(name);
    let before = std::fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
    let port = before.and_then(free).or_else(|| free(0)).ok_or_else(|| Problem("no port is free".into()))?;
    if before != Some(port) {
        replace(&file, &port.to_string()).map_err(|Problem(text)| doing("the port could not be stored")(text))?;
    }
    Ok(port)
}

fn free(port: u16) -> Option<u16> {
    Some(bind(port)?.local_addr().ok()?.port())
}

fn bind(port: u16) -> Option<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_refused_with_what_to_do() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = taken.local_addr().expect("it is bound").port();
        let Err(Problem(text)) = wanted(port) else { panic!("it was given away") };
        assert!(text.contains(&port.to_string()) && text.contains("--port"), "{text}");
    }
}
