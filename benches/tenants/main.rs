//! The peer of `examples/tenants/server.c`, by Wasmtime's Rust API: the same protocol, tenants, limits and threads.
//!
//!     tenants FOLDER

mod tenants;

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use tenants::{TIMES, Tenants, WORKING};

const WAITING: usize = 12;
const RESERVED: usize = 4;
const CONNECTIONS: usize = 64;
const LINE: usize = 1000;
const PATIENCE: Duration = Duration::from_secs(10);

/// The numbers of requests in work, of those that wait, and of those of each tenant.
#[derive(Default)]
struct Counts {
    working: usize,
    waiting: usize,
    requests: [usize; TIMES.len()],
}

#[derive(Default)]
struct Work {
    counts: Mutex<Counts>,
    ended: Condvar,
}

impl Work {
    /// Waits for room to work on a request of a tenant. Returns false at once if too many wait already.
    fn begin(&self, tenant: usize) -> bool {
        let mut counts = self.counts.lock().unwrap();
        let reserved = if counts.requests[tenant] > 0 { RESERVED } else { 0 };
        if counts.working + counts.waiting >= WORKING + WAITING - reserved {
            return false;
        }
        counts.requests[tenant] += 1;
        counts.waiting += 1;
        while counts.working == WORKING {
            counts = self.ended.wait(counts).unwrap();
        }
        counts.waiting -= 1;
        counts.working += 1;
        true
    }

    fn end(&self, tenant: usize) {
        let mut counts = self.counts.lock().unwrap();
        counts.requests[tenant] -= 1;
        counts.working -= 1;
        drop(counts);
        self.ended.notify_one();
    }
}

struct Server {
    tenants: Tenants,
    work: Work,
    connected: AtomicUsize,
}

/// Sends an answer. An error ends the connection.
fn answer(mut socket: &TcpStream, number: &str, how: &str, text: &[u8]) -> std::io::Result<()> {
    let mut bytes = format!("{number} {how} {}\n", text.len()).into_bytes();
    bytes.extend_from_slice(text);
    bytes.push(b'\n');
    socket.write_all(&bytes)
}

impl Server {
    fn handle(&self, socket: &TcpStream, line: &[u8]) -> std::io::Result<()> {
        let text = str::from_utf8(line).unwrap_or_default();
        let mut words = text.splitn(3, ' ');
        let number = words.next().unwrap_or_default();
        let (name, input) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if number.is_empty() || number.len() > 20 || !number.bytes().all(|b| b.is_ascii_digit()) {
            return answer(socket, "0", "error request", b"not a request");
        }
        let Some(tenant) = self.tenants.find(name) else {
            return answer(socket, number, "error tenant", b"there is no such tenant");
        };
        if !self.work.begin(tenant) {
            return answer(socket, number, "error busy", b"too many requests");
        }
        let ended = self.tenants[tenant].run(input);
        self.work.end(tenant);
        match ended {
            Ok((status, output)) => answer(socket, number, &format!("exit {status}"), &output),
            Err((reason, message)) => {
                let line = message.lines().next().unwrap_or_default();
                answer(socket, number, &format!("error {reason}"), line.as_bytes())
            }
        }
    }

    fn serve(&self, mut socket: &TcpStream) -> std::io::Result<()> {
        socket.set_nodelay(true)?;
        socket.set_write_timeout(Some(PATIENCE))?;
        let (mut bytes, mut len) = ([0; LINE], 0);
        let mut end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = bytes[..len].iter().position(|byte| *byte == b'\n') {
                self.handle(socket, &bytes[..at])?;
                bytes.copy_within(at + 1..len, 0);
                len -= at + 1;
                end = Instant::now() + PATIENCE;
                continue;
            }
            if len == LINE {
                return answer(socket, "0", "error request", b"the line is too long");
            }
            let left = end.saturating_duration_since(Instant::now());
            socket.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
            match socket.read(&mut bytes[len..])? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                got => len += got,
            }
        }
    }
}

fn main() {
    let folder = std::env::args().nth(1).expect("usage: tenants FOLDER");
    let (work, connected) = (Work::default(), AtomicUsize::new(0));
    let server = Arc::new(Server { tenants: Tenants::open(&folder), work, connected });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("port {}", listener.local_addr().unwrap().port());
    for socket in listener.incoming().flatten() {
        if server.connected.fetch_add(1, Ordering::Relaxed) == CONNECTIONS {
            server.connected.fetch_sub(1, Ordering::Relaxed);
            let _ = answer(&socket, "0", "error busy", b"too many clients");
            continue;
        }
        let server = Arc::clone(&server);
        thread::spawn(move || {
            // However the connection ends, it is over.
            let _ = server.serve(&socket);
            server.connected.fetch_sub(1, Ordering::Relaxed);
        });
    }
}
