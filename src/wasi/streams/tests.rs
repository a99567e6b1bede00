use super::descriptor::{Access, Descriptor};
use super::file::open_file;
use super::*;
use crate::error::Error;
use rustix::fs::{CWD, Mode, OFlags, fcntl_getfl, fcntl_setfl, mkfifoat, open};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;
use std::pin::pin;
use std::task::{Context, Waker};
use tokio::runtime::{Builder, Runtime};
use wasmtime_wasi::p2::Pollable;

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_io().build().unwrap()
}

fn pipe() -> (OwnedFd, OwnedFd) {
    let (reader, writer) = std::io::pipe().unwrap();
    (reader.into(), writer.into())
}

fn streams_of(stream: Stream, fd: &OwnedFd) -> Streams {
    let mut streams = Streams::default();
    streams.set_descriptor(stream, Descriptor::given(fd.as_raw_fd(), stream).unwrap());
    streams
}

/// Polls once. What is left waits no more.
fn poll_once<R>(future: impl Future<Output = R>) -> Option<R> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

fn read(streams: &Streams, room: usize) -> Vec<u8> {
    let mut bytes = vec![0; room];
    let len = runtime().block_on(streams.read(&mut bytes)).unwrap();
    bytes.truncate(len);
    bytes
}

fn write(streams: &mut Streams, bytes: &[u8]) -> Result<usize, Failure> {
    runtime().block_on(streams.write(Stream::STDOUT, bytes))
}

fn error_of(failure: Failure) -> Error {
    match failure {
        Failure::Io(error) => panic!("{error}"),
        Failure::End(error) => {
            Error((*error.downcast::<HostFailure>().unwrap().report).clone().into())
        }
    }
}

/// A folder for one test, which is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("streams-{name}-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn an_unset_input_is_empty_and_unset_output_is_discarded() {
    let mut streams = Streams::default();
    assert_eq!(read(&streams, 10), b"");
    assert_eq!(write(&mut streams, &[1; 5000]).unwrap(), 5000);
}

#[test]
fn bytes_are_read_in_pieces_to_their_end() {
    let mut streams = Streams::default();
    streams.set_input(Input::Bytes(GivenBytes::new(b"abcde".to_vec())));
    assert_eq!(read(&streams, 3), b"abc");
    assert_eq!(read(&streams, 0), b"");
    assert_eq!(read(&streams, 3), b"de");
    assert_eq!(read(&streams, 3), b"");
}

#[test]
fn a_pipe_is_read_to_its_end() {
    let (reader, writer) = pipe();
    let streams = streams_of(Stream::STDIN, &reader);
    let mut writer = File::from(writer);
    writer.write_all(b"abc").unwrap();
    assert_eq!(read(&streams, 10), b"abc");
    drop(writer);
    assert_eq!(read(&streams, 10), b"");
}

#[test]
fn a_read_of_an_empty_pipe_waits_and_can_be_abandoned() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let (reader, writer) = pipe();
    let streams = streams_of(Stream::STDIN, &reader);
    assert!(poll_once(streams.read(&mut [0; 10])).is_none());
    let thread = std::thread::spawn(move || File::from(writer).write_all(b"abc").unwrap());
    assert_eq!(read(&streams, 10), b"abc");
    thread.join().unwrap();
}

#[test]
fn the_flags_of_a_pipe_stay_as_they_are() {
    for flags in [OFlags::empty(), OFlags::NONBLOCK] {
        let runtime = runtime();
        let _inside = runtime.enter();
        let (reader, writer) = pipe();
        for fd in [&reader, &writer] {
            fcntl_setfl(fd, fcntl_getfl(fd).unwrap() | flags).unwrap();
        }
        let before = [&reader, &writer].map(|fd| fcntl_getfl(fd).unwrap());
        let input = streams_of(Stream::STDIN, &reader);
        let mut output = streams_of(Stream::STDOUT, &writer);
        assert!(poll_once(input.read(&mut [0; 10])).is_none());
        assert_eq!(write(&mut output, b"abc").unwrap(), 3);
        assert_eq!(read(&input, 10), b"abc");
        assert_eq!([&reader, &writer].map(|fd| fcntl_getfl(fd).unwrap()), before);
    }
}

#[test]
fn a_write_to_a_full_pipe_waits_and_keeps_what_it_wrote() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let (reader, writer) = pipe();
    let mut streams = streams_of(Stream::STDOUT, &writer);
    assert!(poll_once(streams.write(Stream::STDOUT, &[7; 100_000])).is_none());
    let mut bytes = [0; 100_000];
    let len = File::from(reader).read(&mut bytes).unwrap();
    assert_eq!(len, 65536);
    assert!(bytes[..len].iter().all(|&byte| byte == 7));
}

#[test]
fn all_bytes_pass_a_slow_pipe() {
    let (reader, writer) = pipe();
    let mut streams = streams_of(Stream::STDOUT, &writer);
    let bytes: Vec<u8> = (0..3_000_000u32).map(|index| (index % 251) as u8).collect();
    let expected = bytes.clone();
    let thread = std::thread::spawn(move || {
        let mut all = Vec::new();
        File::from(reader).read_to_end(&mut all).unwrap();
        assert!(all == expected);
    });
    assert_eq!(write(&mut streams, &bytes).unwrap(), bytes.len());
    drop((writer, streams));
    thread.join().unwrap();
}

#[test]
fn a_program_whose_reader_has_left_exits_with_the_status_of_sigpipe() {
    let (reader, writer) = pipe();
    let mut before = streams_of(Stream::STDOUT, &writer);
    drop(reader);
    // Opened again while nobody reads it any more.
    let mut after = streams_of(Stream::STDOUT, &writer);
    let (socket, peer) = sockets();
    let mut of_socket = streams_of(Stream::STDOUT, &socket);
    drop(peer);
    for streams in [&mut before, &mut after, &mut of_socket] {
        let Failure::End(error) = write(streams, b"abc").unwrap_err() else { panic!() };
        assert_eq!(error.downcast::<I32Exit>().unwrap().0, 141);
    }
}

fn sockets() -> (OwnedFd, OwnedFd) {
    socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None).unwrap()
}

#[test]
fn sockets_are_read_and_written() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let (one, other) = sockets();
    let input = streams_of(Stream::STDIN, &one);
    let mut output = streams_of(Stream::STDOUT, &other);
    assert!(poll_once(input.read(&mut [0; 10])).is_none());
    assert_eq!(write(&mut output, b"abc").unwrap(), 3);
    assert_eq!(read(&input, 10), b"abc");
    assert!(poll_once(output.write(Stream::STDOUT, &vec![0; 10_000_000])).is_none());
}

#[test]
fn a_descriptor_that_cannot_be_opened_again_is_asked_first() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let (reader, writer) = pipe();
    let (mut input, mut output) = (Streams::default(), Streams::default());
    let fd = rustix::io::dup(&reader).unwrap();
    input.set_descriptor(Stream::STDIN, Descriptor { fd, access: Access::Polled });
    let fd = rustix::io::dup(&writer).unwrap();
    output.set_descriptor(Stream::STDOUT, Descriptor { fd, access: Access::Polled });
    assert!(poll_once(input.read(&mut [0; 10])).is_none());
    assert!(poll_once(output.write(Stream::STDOUT, &[7; 100_000])).is_none());
    assert_eq!(read(&input, 100_000).len(), 65536);
    drop((reader, input, writer));
    let Failure::End(error) = write(&mut output, b"abc").unwrap_err() else { panic!() };
    assert_eq!(error.downcast::<I32Exit>().unwrap().0, 141);
}

#[test]
fn another_reader_of_the_pipe_may_be_faster() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let (reader, writer) = pipe();
    let streams = streams_of(Stream::STDIN, &reader);
    let (mut reader, mut writer) = (File::from(reader), File::from(writer));
    let mut bytes = [0; 10];
    let mut reading = pin!(streams.read(&mut bytes));
    let mut context = Context::from_waker(Waker::noop());
    assert!(reading.as_mut().poll(&mut context).is_pending());
    writer.write_all(b"abc").unwrap();
    assert_eq!(reader.read(&mut [0; 10]).unwrap(), 3);
    assert!(reading.as_mut().poll(&mut context).is_pending());
    writer.write_all(b"de").unwrap();
    assert_eq!(runtime.block_on(reading).unwrap(), 2);
}

#[test]
fn files_are_read_replaced_and_appended_to() {
    let folder = Folder::new("files");
    let path = folder.file("a.txt");
    let mut streams = Streams::default();
    for (append, text, after) in [(false, "one", "one"), (true, "two", "onetwo"), (false, "x", "x")]
    {
        let file = open_file(Stream::STDOUT, &path, append).unwrap();
        streams.set_descriptor(Stream::STDOUT, file);
        assert_eq!(write(&mut streams, text.as_bytes()).unwrap(), text.len());
        assert_eq!(fs::read_to_string(&path).unwrap(), after);
    }
    streams.set_descriptor(Stream::STDIN, open_file(Stream::STDIN, &path, false).unwrap());
    assert_eq!(read(&streams, 10), b"x");
    assert_eq!(read(&streams, 10), b"");
}

#[test]
fn files_that_cannot_be_opened_are_errors() {
    let folder = Folder::new("bad");
    let fifo = folder.file("fifo");
    mkfifoat(CWD, &*fifo, Mode::from_raw_mode(0o600)).unwrap();
    let (missing, this) = (folder.file("missing"), folder.file("."));
    for (stream, path, append, message) in [
        (Stream::STDIN, &missing, false, "for reading: No such file or directory"),
        (Stream::STDIN, &this, false, "for reading: Is a directory"),
        (Stream::STDOUT, &this, false, "for writing: Is a directory"),
        (Stream::STDOUT, &fifo, false, "for writing, since nobody reads it: No such device"),
        (Stream::STDIN, &fifo, true, "`append` is true, but `stream` is stdin"),
    ] {
        let error = open_file(stream, path, append).unwrap_err();
        assert!(error.message().contains(message), "{}", error.message());
    }
}

#[test]
fn a_named_pipe_waits_for_its_first_writer() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let folder = Folder::new("fifo");
    let path = folder.file("fifo");
    mkfifoat(CWD, &*path, Mode::from_raw_mode(0o600)).unwrap();
    let mut streams = Streams::default();
    streams.set_descriptor(Stream::STDIN, open_file(Stream::STDIN, &path, false).unwrap());
    assert!(poll_once(streams.read(&mut [0; 10])).is_none());
    let mut writer = Streams::default();
    writer.set_descriptor(Stream::STDOUT, open_file(Stream::STDOUT, &path, false).unwrap());
    assert_eq!(write(&mut writer, b"abc").unwrap(), 3);
    assert_eq!(read(&streams, 10), b"abc");
    assert!(poll_once(streams.read(&mut [0; 10])).is_none());
    drop(writer);
    assert_eq!(read(&streams, 10), b"");
}

#[test]
fn errors_of_the_system_reach_the_guest_after_what_was_written() {
    let full: OwnedFd = open("/dev/full", OFlags::RDWR, Mode::empty()).unwrap();
    let Failure::Io(error) = write(&mut streams_of(Stream::STDOUT, &full), b"abc").unwrap_err()
    else {
        panic!()
    };
    assert_eq!(error.raw_os_error(), Some(Errno::NOSPC.raw_os_error()));
}

#[test]
fn a_descriptor_that_cannot_be_used_is_an_error() {
    let (reader, writer) = pipe();
    for (fd, stream, message) in [
        (-1, Stream::STDIN, "the file descriptor -1, which is `fd`: Bad file descriptor"),
        (1_000_000, Stream::STDIN, "1000000, which is `fd`: Bad file descriptor"),
        (writer.as_raw_fd(), Stream::STDIN, "that isn't open for reading"),
        (reader.as_raw_fd(), Stream::STDERR, "that isn't open for writing"),
    ] {
        let error = Descriptor::given(fd, stream).unwrap_err();
        assert!(error.message().contains(message), "{}", error.message());
    }
}

#[test]
fn output_beyond_the_limit_ends_the_program_and_keeps_what_fits() {
    let buffer = Arc::new(OutputBuffer::new(u64::MAX));
    let mut streams = Streams::default();
    streams.set_output(Stream::STDOUT, Output::Buffer(buffer.clone()));
    streams.set_limit(10);
    assert_eq!(write(&mut streams, b"abcdef").unwrap(), 6);
    runtime().block_on(streams.write(Stream::STDERR, b"x")).unwrap();
    let error = error_of(write(&mut streams, b"ghijkl").unwrap_err());
    assert_eq!(error.kind(), ErrorKind::LIMIT);
    assert_eq!(
        error.message(),
        "the program wrote to stdout beyond the limit of 10 bytes for stdout and stderr together"
    );
    assert_eq!(buffer.take(), b"abcdefghi");
    assert_eq!(write(&mut streams, b"").unwrap(), 0);
}

#[test]
fn a_full_buffer_ends_the_program_and_taking_makes_room() {
    let buffer = Arc::new(OutputBuffer::new(4));
    let mut streams = Streams::default();
    streams.set_output(Stream::STDOUT, Output::Buffer(buffer.clone()));
    streams.set_output(Stream::STDERR, Output::Buffer(buffer.clone()));
    assert_eq!(write(&mut streams, b"ab").unwrap(), 2);
    let result = runtime().block_on(streams.write(Stream::STDERR, b"cde"));
    let error = error_of(result.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::LIMIT);
    assert_eq!(
        error.message(),
        "the program wrote more to stderr than its output buffer may hold, 4 bytes"
    );
    assert_eq!(buffer.len(), 4);
    assert_eq!(buffer.take(), b"abcd");
    assert_eq!(write(&mut streams, b"efgh").unwrap(), 4);
    assert_eq!(buffer.take(), b"efgh");
}

#[test]
fn a_closed_stream_lets_go_of_its_descriptor() {
    let (reader, writer) = pipe();
    let mut streams = streams_of(Stream::STDOUT, &writer);
    drop(writer);
    let mut builder = WasiCtxBuilder::new();
    streams.show_to(&mut builder);
    streams.close(1);
    assert_eq!(streams.at(1), None);
    assert_eq!(File::from(reader).read(&mut [0; 10]).unwrap(), 0);
}

#[test]
fn a_stream_moves_with_its_descriptor() {
    let mut streams = Streams::default();
    streams.renumber(1, 2);
    assert_eq!(
        [0, 1, 2].map(|fd| streams.at(fd)),
        [Some(Stream::STDIN), None, Some(Stream::STDOUT)]
    );
    streams.renumber(2, 2);
    streams.renumber(7, 0);
    assert_eq!([0, 2].map(|fd| streams.at(fd)), [None, Some(Stream::STDOUT)]);
}

#[test]
fn a_stream_is_ready_if_it_would_not_wait() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let (reader, writer) = pipe();
    let input =
        Arc::new(Input::Descriptor(Descriptor::given(reader.as_raw_fd(), Stream::STDIN).unwrap()));
    let output = Arc::new(Output::Descriptor(
        Descriptor::given(writer.as_raw_fd(), Stream::STDOUT).unwrap(),
    ));
    let (mut readable, mut writable) = (Readiness::of(&input), Readiness::of(&output));
    assert!(poll_once(readable.ready()).is_none());
    assert!(poll_once(writable.ready()).is_some());
    let mut streams = Streams { stdout: output.clone(), ..Streams::default() };
    assert!(poll_once(streams.write(Stream::STDOUT, &[0; 100_000])).is_none());
    assert!(poll_once(readable.ready()).is_some());
    assert!(poll_once(writable.ready()).is_none());
    // At the end of the pipe.
    drop((streams, output, writer));
    assert_eq!(File::from(reader).read(&mut [0; 100_000]).unwrap(), 65536);
    assert!(poll_once(readable.ready()).is_some());
    let empty = Arc::new(Input::Empty);
    assert!(poll_once(Readiness::of(&empty).ready()).is_some());
}

#[test]
fn unknown_streams_are_errors() {
    let message = |result: Result<Stream>| result.unwrap_err().message().to_owned();
    assert_eq!(message(Stream::of(3)), "`stream` is 3, which is no `safewasm_wasi_stream_t`");
    assert_eq!(message(Stream::output_of(0)), "`stream` is stdin, but must be stdout or stderr");
}
