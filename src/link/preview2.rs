//! The functions of WASI 0.2, in a linker of components: all that `wasi:cli/imports` has.

use super::component::linker::{ComponentLinker, Definition};
use crate::call::wasi::run_for_component;
use crate::error::Result;
use crate::store::data::StoreData;
use crate::wasi::guest::Guest;
use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource, ResourceType, Val};
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;
use wasmtime_wasi::p2::bindings::{cli, filesystem};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable};
use wasmtime_wasi_io::bindings::wasi::io;

type Context<'a> = StoreContextMut<'a, StoreData>;

type Instance<'a> = LinkerInstance<'a, StoreData>;

/// Defines a function or resource of that name in an interface.
pub(crate) type Define = fn(&mut Instance<'_>, name: &str) -> wasmtime::Result<()>;

/// A function or resource: the name of its interface, its own, and how it is defined.
type Item = (&'static str, &'static str, Define);

/// The version of the interfaces. A component may import any version 0.2.
macro_rules! versioned {
    ($interface:literal) => {
        concat!("wasi:", $interface, "@0.2.12")
    };
}

/// What the first parameter of functions is: the guest, or a part of it for which `wasmtime-wasi` has the functions.
macro_rules! view {
    (guest, $guest:ident) => {
        $guest
    };
    (table, $guest:ident) => {
        $guest.table()
    };
    (cli, $guest:ident) => {
        &mut $guest.cli()
    };
    (filesystem, $guest:ident) => {
        &mut $guest.filesystem()
    };
}

/// What a function returns in WIT: nothing, a value, or a `result` with the error of a stream or of a file.
macro_rules! answer {
    (nothing, $guest:ident, $result:expr) => {
        $result
    };
    (value, $guest:ident, $result:expr) => {
        Ok(($result?,))
    };
    (stream, $guest:ident, $result:expr) => {
        match $result {
            Ok(value) => Ok((Ok(value),)),
            Err(error) => {
                Ok((Err(io::streams::Host::convert_stream_error($guest.table(), error)?),))
            }
        }
    };
    (file, $guest:ident, $result:expr) => {
        match $result {
            Ok(value) => Ok((Ok(value),)),
            Err(error) => Ok((Err(error.downcast()?),)),
        }
    };
}

/// Adds the resources and functions of an interface to items. The functions' types follow from the methods.
macro_rules! interface {
    ($items:ident, $interface:literal {
        $(resource $resource:literal: $ty:ty => $drop_view:ident $drop:path $(, $drop_await:tt)?;)*
        $($name:literal => $view:ident $method:path [$($arg:ident)*] -> $answer:ident $(, $await:tt)?;)*
    }) => {
        $(
            $items.push((versioned!($interface), $resource, |interface, name| {
                const NAME: &str = concat!("wasi:", $interface, "#[resource-drop]", $resource);
                interface.resource(name, ResourceType::host::<$ty>(), |context, resource| {
                    run_for_component(context, NAME, async move |guest| {
                        let view = view!($drop_view, guest);
                        $drop(view, Resource::<$ty>::new_own(resource)) $(.$drop_await)?
                    })
                })
            }));
        )*
        $(
            $items.push((versioned!($interface), $name, |interface, name| {
                const NAME: &str = concat!("wasi:", $interface, "#", $name);
                interface.func_wrap(name, |context: Context<'_>, ($($arg,)*)| {
                    run_for_component(context, NAME, async move |guest| {
                        let view = view!($view, guest);
                        let result = $method(view $(, $arg)*) $(.$await)?;
                        answer!($answer, guest, result)
                    })
                })
            }));
        )*
    };
}

/// Defines WASI in a linker. On failure nothing is defined.
pub(crate) fn define(linker: &ComponentLinker) -> Result<()> {
    let mut items = Vec::new();
    add_io(&mut items);
    add_clocks(&mut items);
    add_random(&mut items);
    add_cli(&mut items);
    add_filesystem(&mut items);
    add_sockets(&mut items);
    let definition = |(interface, name, define)| (Some(interface), name, Definition::Wasi(define));
    linker.define(items.into_iter().map(definition))
}

fn add_io(items: &mut Vec<Item>) {
    use io::error::HostError;
    use io::poll::HostPollable;
    use io::streams::{HostInputStream as Input, HostOutputStream as Output};
    interface!(items, "io/error" {
        resource "error": wasmtime::Error => table HostError::drop;
        "[method]error.to-debug-string" => guest Guest::debug_string [a] -> value;
    });
    interface!(items, "io/poll" {
        resource "pollable": DynPollable => table HostPollable::drop;
        "[method]pollable.ready" => table HostPollable::ready [a] -> value, await;
        "[method]pollable.block" => guest Guest::block [a] -> nothing, await;
        "poll" => guest Guest::poll [a] -> value, await;
    });
    interface!(items, "io/streams" {
        resource "input-stream": DynInputStream => table Input::drop, await;
        resource "output-stream": DynOutputStream => table Output::drop, await;
        "[method]input-stream.read" => table Input::read [a b] -> stream;
        "[method]input-stream.blocking-read" => table Input::blocking_read [a b] -> stream, await;
        "[method]input-stream.skip" => table Input::skip [a b] -> stream;
        "[method]input-stream.blocking-skip" => table Input::blocking_skip [a b] -> stream, await;
        "[method]input-stream.subscribe" => table Input::subscribe [a] -> value;
        "[method]output-stream.check-write" => table Output::check_write [a] -> stream;
        "[method]output-stream.write" => table Output::write [a b] -> stream;
        "[method]output-stream.blocking-write-and-flush" => table Output::blocking_write_and_flush [a b] -> stream, await;
        "[method]output-stream.flush" => table Output::flush [a] -> stream;
        "[method]output-stream.blocking-flush" => table Output::blocking_flush [a] -> stream, await;
        "[method]output-stream.subscribe" => table Output::subscribe [a] -> value;
        "[method]output-stream.write-zeroes" => table Output::write_zeroes [a b] -> stream;
        "[method]output-stream.blocking-write-zeroes-and-flush" => table Output::blocking_write_zeroes_and_flush [a b] -> stream, await;
        "[method]output-stream.splice" => table Output::splice [a b c] -> stream;
        "[method]output-stream.blocking-splice" => table Output::blocking_splice [a b c] -> stream, await;
    });
}

fn add_clocks(items: &mut Vec<Item>) {
    interface!(items, "clocks/monotonic-clock" {
        "now" => guest Guest::monotonic_now [] -> value;
        "resolution" => guest Guest::monotonic_resolution [] -> value;
        "subscribe-instant" => guest Guest::subscribe_instant [a] -> value;
        "subscribe-duration" => guest Guest::subscribe_duration [a] -> value;
    });
    interface!(items, "clocks/wall-clock" {
        "now" => guest Guest::wall_now [] -> value;
        "resolution" => guest Guest::wall_resolution [] -> value;
    });
}

fn add_random(items: &mut Vec<Item>) {
    interface!(items, "random/random" {
        "get-random-bytes" => guest Guest::random_bytes [a] -> value;
        "get-random-u64" => guest Guest::random_number [] -> value;
    });
    interface!(items, "random/insecure" {
        "get-insecure-random-bytes" => guest Guest::random_bytes [a] -> value;
        "get-insecure-random-u64" => guest Guest::random_number [] -> value;
    });
    interface!(items, "random/insecure-seed" {
        "insecure-seed" => guest Guest::random_seed [] -> value;
    });
}

fn add_cli(items: &mut Vec<Item>) {
    use cli::environment::Host as Environment;
    use cli::exit::Host as Exit;
    use cli::terminal_input::{HostTerminalInput, TerminalInput};
    use cli::terminal_output::{HostTerminalOutput, TerminalOutput};
    use cli::{stderr, stdin, stdout, terminal_stderr, terminal_stdin, terminal_stdout};
    interface!(items, "cli/environment" {
        "get-environment" => cli Environment::get_environment [] -> value;
        "get-arguments" => cli Environment::get_arguments [] -> value;
        "initial-cwd" => cli Environment::initial_cwd [] -> value;
    });
    interface!(items, "cli/exit" {
        "exit" => cli Exit::exit [a] -> nothing;
        "exit-with-code" => cli Exit::exit_with_code [a] -> nothing;
    });
    interface!(items, "cli/stdin" {
        "get-stdin" => cli stdin::Host::get_stdin [] -> value;
    });
    interface!(items, "cli/stdout" {
        "get-stdout" => cli stdout::Host::get_stdout [] -> value;
    });
    interface!(items, "cli/stderr" {
        "get-stderr" => cli stderr::Host::get_stderr [] -> value;
    });
    interface!(items, "cli/terminal-input" {
        resource "terminal-input": TerminalInput => cli HostTerminalInput::drop;
    });
    interface!(items, "cli/terminal-output" {
        resource "terminal-output": TerminalOutput => cli HostTerminalOutput::drop;
    });
    interface!(items, "cli/terminal-stdin" {
        "get-terminal-stdin" => cli terminal_stdin::Host::get_terminal_stdin [] -> value;
    });
    interface!(items, "cli/terminal-stdout" {
        "get-terminal-stdout" => cli terminal_stdout::Host::get_terminal_stdout [] -> value;
    });
    interface!(items, "cli/terminal-stderr" {
        "get-terminal-stderr" => cli terminal_stderr::Host::get_terminal_stderr [] -> value;
    });
}

fn add_filesystem(items: &mut Vec<Item>) {
    use filesystem::preopens;
    use filesystem::types::{
        Descriptor, DirectoryEntryStream, Host, HostDescriptor as File,
        HostDirectoryEntryStream as Entries,
    };
    interface!(items, "filesystem/preopens" {
        "get-directories" => filesystem preopens::Host::get_directories [] -> value;
    });
    interface!(items, "filesystem/types" {
        resource "descriptor": Descriptor => guest Guest::drop_descriptor;
        resource "directory-entry-stream": DirectoryEntryStream => guest Guest::drop_entries;
        "[method]descriptor.read-via-stream" => guest Guest::read_via_stream [a b] -> file;
        "[method]descriptor.write-via-stream" => guest Guest::write_via_stream [a b] -> file;
        "[method]descriptor.append-via-stream" => guest Guest::append_via_stream [a] -> file;
        "[method]descriptor.advise" => filesystem File::advise [a b c d] -> file, await;
        "[method]descriptor.sync-data" => filesystem File::sync_data [a] -> file, await;
        "[method]descriptor.get-flags" => filesystem File::get_flags [a] -> file, await;
        "[method]descriptor.get-type" => filesystem File::get_type [a] -> file, await;
        "[method]descriptor.set-size" => guest Guest::set_size [a b] -> file;
        "[method]descriptor.set-times" => filesystem File::set_times [a b c] -> file, await;
        "[method]descriptor.read" => filesystem File::read [a b c] -> file, await;
        "[method]descriptor.write" => guest Guest::write [a b c] -> file;
        "[method]descriptor.read-directory" => guest Guest::read_directory [a] -> file, await;
        "[method]descriptor.sync" => filesystem File::sync [a] -> file, await;
        "[method]descriptor.create-directory-at" => guest Guest::create_directory_at [a b] -> file, await;
        "[method]descriptor.stat" => filesystem File::stat [a] -> file, await;
        "[method]descriptor.stat-at" => filesystem File::stat_at [a b c] -> file, await;
        "[method]descriptor.set-times-at" => filesystem File::set_times_at [a b c d e] -> file, await;
        "[method]descriptor.link-at" => guest Guest::link_at [a b c d e] -> file, await;
        "[method]descriptor.open-at" => guest Guest::open_at [a b c d e] -> file, await;
        "[method]descriptor.readlink-at" => filesystem File::readlink_at [a b] -> file, await;
        "[method]descriptor.remove-directory-at" => filesystem File::remove_directory_at [a b] -> file, await;
        "[method]descriptor.rename-at" => filesystem File::rename_at [a b c d] -> file, await;
        "[method]descriptor.symlink-at" => guest Guest::symlink_at [a b c] -> file, await;
        "[method]descriptor.unlink-file-at" => filesystem File::unlink_file_at [a b] -> file, await;
        "[method]descriptor.is-same-object" => filesystem File::is_same_object [a b] -> value, await;
        "[method]descriptor.metadata-hash" => filesystem File::metadata_hash [a] -> file, await;
        "[method]descriptor.metadata-hash-at" => filesystem File::metadata_hash_at [a b c] -> file, await;
        "[method]directory-entry-stream.read-directory-entry" => filesystem Entries::read_directory_entry [a] -> file, await;
        "filesystem-error-code" => filesystem Host::filesystem_error_code [a] -> value;
    });
}

/// The network, of which a guest has one handle.
struct Network;

/// The interfaces of sockets, with their resources and functions. A guest gets no socket, so that it never calls those
/// that take one.
const SOCKETS: &[(&str, &[&str], &[&str])] = &[
    (
        versioned!("sockets/ip-name-lookup"),
        &["resolve-address-stream"],
        &[
            "resolve-addresses",
            "[method]resolve-address-stream.resolve-next-address",
            "[method]resolve-address-stream.subscribe",
        ],
    ),
    (versioned!("sockets/tcp-create-socket"), &[], &["create-tcp-socket"]),
    (versioned!("sockets/udp-create-socket"), &[], &["create-udp-socket"]),
    (
        versioned!("sockets/tcp"),
        &["tcp-socket"],
        &[
            "[method]tcp-socket.start-bind",
            "[method]tcp-socket.finish-bind",
            "[method]tcp-socket.start-connect",
            "[method]tcp-socket.finish-connect",
            "[method]tcp-socket.start-listen",
            "[method]tcp-socket.finish-listen",
            "[method]tcp-socket.accept",
            "[method]tcp-socket.local-address",
            "[method]tcp-socket.remote-address",
            "[method]tcp-socket.is-listening",
            "[method]tcp-socket.address-family",
            "[method]tcp-socket.set-listen-backlog-size",
            "[method]tcp-socket.keep-alive-enabled",
            "[method]tcp-socket.set-keep-alive-enabled",
            "[method]tcp-socket.keep-alive-idle-time",
            "[method]tcp-socket.set-keep-alive-idle-time",
            "[method]tcp-socket.keep-alive-interval",
            "[method]tcp-socket.set-keep-alive-interval",
            "[method]tcp-socket.keep-alive-count",
            "[method]tcp-socket.set-keep-alive-count",
            "[method]tcp-socket.hop-limit",
            "[method]tcp-socket.set-hop-limit",
            "[method]tcp-socket.receive-buffer-size",
            "[method]tcp-socket.set-receive-buffer-size",
            "[method]tcp-socket.send-buffer-size",
            "[method]tcp-socket.set-send-buffer-size",
            "[method]tcp-socket.subscribe",
            "[method]tcp-socket.shutdown",
        ],
    ),
    (
        versioned!("sockets/udp"),
        &["udp-socket", "incoming-datagram-stream", "outgoing-datagram-stream"],
        &[
            "[method]udp-socket.start-bind",
            "[method]udp-socket.finish-bind",
            "[method]udp-socket.stream",
            "[method]udp-socket.local-address",
            "[method]udp-socket.remote-address",
            "[method]udp-socket.address-family",
            "[method]udp-socket.unicast-hop-limit",
            "[method]udp-socket.set-unicast-hop-limit",
            "[method]udp-socket.receive-buffer-size",
            "[method]udp-socket.set-receive-buffer-size",
            "[method]udp-socket.send-buffer-size",
            "[method]udp-socket.set-send-buffer-size",
            "[method]udp-socket.subscribe",
            "[method]incoming-datagram-stream.receive",
            "[method]incoming-datagram-stream.subscribe",
            "[method]outgoing-datagram-stream.check-send",
            "[method]outgoing-datagram-stream.send",
            "[method]outgoing-datagram-stream.subscribe",
        ],
    ),
];

fn add_sockets(items: &mut Vec<Item>) {
    // A type that no guest has a value of.
    enum Socket {}
    items.push((versioned!("sockets/network"), "network", |interface, name| {
        interface.resource(name, ResourceType::host::<Network>(), |_, _| Ok(()))
    }));
    items.push((versioned!("sockets/instance-network"), "instance-network", |interface, name| {
        let network = |_: Context<'_>, (): ()| Ok((Resource::<Network>::new_own(0),));
        interface.func_wrap(name, network)
    }));
    items.push((versioned!("sockets/network"), "network-error-code", |interface, name| {
        // No error is one of the network.
        let none = |_: Context<'_>, _: (Resource<wasmtime::Error>,)| Ok((None::<ErrorCode>,));
        interface.func_wrap(name, none)
    }));
    for (interface, resources, functions) in SOCKETS {
        let resource: Define = |interface, name| {
            interface.resource(name, ResourceType::host::<Socket>(), |_, _| Ok(()))
        };
        items.extend(resources.iter().map(|name| (*interface, *name, resource)));
        let refused: Define = |interface, name| {
            interface.func_new(name, |mut context, _, args, results| {
                for arg in args {
                    // Wasmtime lends a resource until it is dropped.
                    if let Val::Resource(resource) = arg {
                        resource.resource_drop(&mut context)?;
                    }
                }
                let code = Val::Enum("access-denied".to_owned());
                results.fill(Val::Result(Err(Some(Box::new(code)))));
                Ok(())
            })
        };
        items.extend(functions.iter().map(|name| (*interface, *name, refused)));
    }
}
