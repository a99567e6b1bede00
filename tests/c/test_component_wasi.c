/* Components for WASI 0.2: their streams, clocks, random numbers, files and exits. */
#include "streams.h"
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* What the components import. Compilers must take strings of 4,095 bytes only. */
static const char *const IMPORTS[] = {
    "(import \"wasi:io/error@0.2.0\" (instance $io-error (export \"error\" (type (sub resource)))))"
    "(alias export $io-error \"error\" (type $error))"
    "(import \"wasi:io/poll@0.2.0\" (instance $poll"
    "  (export \"pollable\" (type $p (sub resource)))"
    "  (export \"[method]pollable.ready\" (func (param \"self\" (borrow $p)) (result bool)))"
    "  (export \"[method]pollable.block\" (func (param \"self\" (borrow $p))))"
    "  (export \"poll\" (func (param \"in\" (list (borrow $p))) (result (list u32))))))"
    "(alias export $poll \"pollable\" (type $pollable))"
    "(import \"wasi:io/streams@0.2.3\" (instance $streams"
    "  (alias outer 1 $error (type $error')) (export \"error\" (type $e (eq $error')))"
    "  (alias outer 1 $pollable (type $p')) (export \"pollable\" (type $p (eq $p')))"
    "  (export \"input-stream\" (type $in (sub resource)))"
    "  (export \"output-stream\" (type $out (sub resource)))"
    "  (type $failure (variant (case \"last-operation-failed\" (own $e)) (case \"closed\")))"
    "  (export \"stream-error\" (type $stream-error (eq $failure)))"
    "  (type $bytes (result (list u8) (error $stream-error)))"
    "  (type $len (result u64 (error $stream-error)))"
    "  (type $done (result (error $stream-error)))"
    "  (export \"[method]input-stream.read\" (func (param \"self\" (borrow $in)) (param \"len\" u64) (result $bytes)))"
    "  (export \"[method]input-stream.blocking-read\""
    "    (func (param \"self\" (borrow $in)) (param \"len\" u64) (result $bytes)))"
    "  (export \"[method]input-stream.subscribe\" (func (param \"self\" (borrow $in)) (result (own $p))))"
    "  (export \"[method]output-stream.check-write\" (func (param \"self\" (borrow $out)) (result $len)))"
    "  (export \"[method]output-stream.write\""
    "    (func (param \"self\" (borrow $out)) (param \"contents\" (list u8)) (result $done)))"
    "  (export \"[method]output-stream.blocking-write-and-flush\""
    "    (func (param \"self\" (borrow $out)) (param \"contents\" (list u8)) (result $done)))"
    "  (export \"[method]output-stream.blocking-flush\" (func (param \"self\" (borrow $out)) (result $done)))"
    "  (export \"[method]output-stream.subscribe\" (func (param \"self\" (borrow $out)) (result (own $p))))"
    "  (export \"[method]output-stream.blocking-splice\""
    "    (func (param \"self\" (borrow $out)) (param \"src\" (borrow $in)) (param \"len\" u64) (result $len)))))"
    "(alias export $streams \"input-stream\" (type $input))"
    "(alias export $streams \"output-stream\" (type $output))",
    "(import \"wasi:cli/stdin@0.2.0\" (instance $stdin"
    "  (alias outer 1 $input (type $i')) (export \"input-stream\" (type $i (eq $i')))"
    "  (export \"get-stdin\" (func (result (own $i))))))"
    "(import \"wasi:cli/stdout@0.2.0\" (instance $stdout"
    "  (alias outer 1 $output (type $o')) (export \"output-stream\" (type $o (eq $o')))"
    "  (export \"get-stdout\" (func (result (own $o))))))"
    "(import \"wasi:cli/stderr@0.2.0\" (instance $stderr"
    "  (alias outer 1 $output (type $o')) (export \"output-stream\" (type $o (eq $o')))"
    "  (export \"get-stderr\" (func (result (own $o))))))"
    "(import \"wasi:cli/environment@0.2.0\" (instance $environment"
    "  (export \"get-arguments\" (func (result (list string))))"
    "  (export \"get-environment\" (func (result (list (tuple string string)))))))"
    "(import \"wasi:cli/exit@0.2.0\" (instance $exit"
    "  (export \"exit\" (func (param \"status\" (result))))"
    "  (export \"exit-with-code\" (func (param \"status-code\" u8)))))"
    "(import \"wasi:clocks/monotonic-clock@0.2.0\" (instance $clock"
    "  (alias outer 1 $pollable (type $p')) (export \"pollable\" (type $p (eq $p')))"
    "  (export \"now\" (func (result u64)))"
    "  (export \"resolution\" (func (result u64)))"
    "  (export \"subscribe-instant\" (func (param \"when\" u64) (result (own $p))))"
    "  (export \"subscribe-duration\" (func (param \"when\" u64) (result (own $p))))))"
    "(import \"wasi:clocks/wall-clock@0.2.0\" (instance $wall"
    "  (type $time (record (field \"seconds\" u64) (field \"nanoseconds\" u32)))"
    "  (export \"datetime\" (type $datetime (eq $time)))"
    "  (export \"now\" (func (result $datetime)))))"
    "(import \"wasi:random/random@0.2.0\" (instance $random"
    "  (export \"get-random-bytes\" (func (param \"len\" u64) (result (list u8))))"
    "  (export \"get-random-u64\" (func (result u64)))))",
    "(import \"wasi:filesystem/types@0.2.0\" (instance $files"
    "  (alias outer 1 $input (type $i')) (export \"input-stream\" (type $i (eq $i')))"
    "  (alias outer 1 $output (type $o')) (export \"output-stream\" (type $o (eq $o')))"
    "  (export \"descriptor\" (type $d (sub resource)))"
    "  (type $codes (enum \"access\" \"would-block\" \"already\" \"bad-descriptor\" \"busy\" \"deadlock\" \"quota\""
    "    \"exist\" \"file-too-large\" \"illegal-byte-sequence\" \"in-progress\" \"interrupted\" \"invalid\" \"io\""
    "    \"is-directory\" \"loop\" \"too-many-links\" \"message-size\" \"name-too-long\" \"no-device\" \"no-entry\""
    "    \"no-lock\" \"insufficient-memory\" \"insufficient-space\" \"not-directory\" \"not-empty\""
    "    \"not-recoverable\" \"unsupported\" \"no-tty\" \"no-such-device\" \"overflow\" \"not-permitted\" \"pipe\""
    "    \"read-only\" \"invalid-seek\" \"text-file-busy\" \"cross-device\"))"
    "  (export \"error-code\" (type $code (eq $codes)))"
    "  (type $rights (flags \"read\" \"write\" \"file-integrity-sync\" \"data-integrity-sync\""
    "    \"requested-write-sync\" \"mutate-directory\"))"
    "  (export \"descriptor-flags\" (type $descriptor-flags (eq $rights)))"
    "  (type $follow (flags \"symlink-follow\"))"
    "  (export \"path-flags\" (type $path-flags (eq $follow)))"
    "  (type $how (flags \"create\" \"directory\" \"exclusive\" \"truncate\"))"
    "  (export \"open-flags\" (type $open-flags (eq $how)))"
    "  (type $done (result (error $code)))"
    "  (export \"[method]descriptor.read-via-stream\""
    "    (func (param \"self\" (borrow $d)) (param \"offset\" u64) (result (result (own $i) (error $code)))))"
    "  (export \"[method]descriptor.write-via-stream\""
    "    (func (param \"self\" (borrow $d)) (param \"offset\" u64) (result (result (own $o) (error $code)))))"
    "  (export \"[method]descriptor.append-via-stream\""
    "    (func (param \"self\" (borrow $d)) (result (result (own $o) (error $code)))))"
    "  (export \"[method]descriptor.set-size\""
    "    (func (param \"self\" (borrow $d)) (param \"size\" u64) (result $done)))"
    "  (export \"[method]descriptor.write\" (func (param \"self\" (borrow $d)) (param \"buffer\" (list u8))"
    "    (param \"offset\" u64) (result (result u64 (error $code)))))"
    "  (export \"[method]descriptor.create-directory-at\""
    "    (func (param \"self\" (borrow $d)) (param \"path\" string) (result $done)))"
    "  (export \"[method]descriptor.open-at\" (func (param \"self\" (borrow $d)) (param \"path-flags\" $path-flags)"
    "    (param \"path\" string) (param \"open-flags\" $open-flags) (param \"flags\" $descriptor-flags)"
    "    (result (result (own $d) (error $code)))))))"
    "(alias export $files \"descriptor\" (type $descriptor))",
    "(import \"wasi:filesystem/preopens@0.2.0\" (instance $preopens"
    "  (alias outer 1 $descriptor (type $d')) (export \"descriptor\" (type $d (eq $d')))"
    "  (export \"get-directories\" (func (result (list (tuple (own $d) string)))))))"
    "(import \"wasi:sockets/network@0.2.0\" (instance $network"
    "  (export \"network\" (type (sub resource)))"
    "  (type $codes (enum \"unknown\" \"access-denied\" \"not-supported\" \"invalid-argument\" \"out-of-memory\""
    "    \"timeout\" \"concurrency-conflict\" \"not-in-progress\" \"would-block\" \"invalid-state\""
    "    \"new-socket-limit\" \"address-not-bindable\" \"address-in-use\" \"remote-unreachable\""
    "    \"connection-refused\" \"connection-reset\" \"connection-aborted\" \"datagram-too-large\""
    "    \"name-unresolvable\" \"temporary-resolver-failure\" \"permanent-resolver-failure\"))"
    "  (export \"error-code\" (type (eq $codes)))"
    "  (type $families (enum \"ipv4\" \"ipv6\"))"
    "  (export \"ip-address-family\" (type (eq $families)))))"
    "(alias export $network \"network\" (type $net))"
    "(alias export $network \"error-code\" (type $net-code))"
    "(alias export $network \"ip-address-family\" (type $family))"
    "(import \"wasi:sockets/instance-network@0.2.0\" (instance $instance-network"
    "  (alias outer 1 $net (type $n')) (export \"network\" (type $n (eq $n')))"
    "  (export \"instance-network\" (func (result (own $n))))))"
    "(import \"wasi:sockets/ip-name-lookup@0.2.0\" (instance $names"
    "  (alias outer 1 $net (type $n')) (export \"network\" (type $n (eq $n')))"
    "  (alias outer 1 $net-code (type $c')) (export \"error-code\" (type $c (eq $c')))"
    "  (export \"resolve-address-stream\" (type $found (sub resource)))"
    "  (export \"resolve-addresses\" (func (param \"network\" (borrow $n)) (param \"name\" string)"
    "    (result (result (own $found) (error $c)))))))"
    "(import \"wasi:sockets/tcp@0.2.0\" (instance $tcp (export \"tcp-socket\" (type (sub resource)))))"
    "(alias export $tcp \"tcp-socket\" (type $socket))"
    "(import \"wasi:sockets/tcp-create-socket@0.2.0\" (instance $create-socket"
    "  (alias outer 1 $socket (type $s')) (export \"tcp-socket\" (type $s (eq $s')))"
    "  (alias outer 1 $net-code (type $c')) (export \"error-code\" (type $c (eq $c')))"
    "  (alias outer 1 $family (type $f')) (export \"ip-address-family\" (type $f (eq $f')))"
    "  (export \"create-tcp-socket\""
    "    (func (param \"address-family\" $f) (result (result (own $s) (error $c)))))))",
    /* Memory from 64 KiB to 512 KiB is what the functions' lists get. */
    "(core module $libc"
    "  (memory (export \"memory\") 8)"
    "  (global $at (mut i32) (i32.const 65536))"
    "  (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) (local $p i32)"
    "    (local.set $p (i32.and (i32.add (global.get $at) (i32.const 15)) (i32.const -16)))"
    "    (if (i32.gt_u (i32.add (local.get $p) (local.get 3)) (i32.const 524288))"
    "      (then (local.set $p (i32.const 65536))))"
    "    (global.set $at (i32.add (local.get $p) (local.get 3)))"
    "    (local.get $p)))"
    "(core instance $libc (instantiate $libc))"
    "(alias core export $libc \"memory\" (core memory $memory))"
    "(alias core export $libc \"realloc\" (core func $realloc))",
};

/* The functions as the core module imports them. */
static const struct {
  const char *name, *instance, *function, *type;
} FUNCTIONS[] = {
    {"ready", "poll", "[method]pollable.ready", "(param i32) (result i32)"},
    {"block", "poll", "[method]pollable.block", "(param i32)"},
    {"poll", "poll", "poll", "(param i32 i32 i32)"},
    {"read", "streams", "[method]input-stream.read", "(param i32 i64 i32)"},
    {"blocking-read", "streams", "[method]input-stream.blocking-read", "(param i32 i64 i32)"},
    {"subscribe-in", "streams", "[method]input-stream.subscribe", "(param i32) (result i32)"},
    {"check-write", "streams", "[method]output-stream.check-write", "(param i32 i32)"},
    {"write", "streams", "[method]output-stream.write", "(param i32 i32 i32 i32)"},
    {"blocking-write", "streams", "[method]output-stream.blocking-write-and-flush", "(param i32 i32 i32 i32)"},
    {"blocking-flush", "streams", "[method]output-stream.blocking-flush", "(param i32 i32)"},
    {"subscribe-out", "streams", "[method]output-stream.subscribe", "(param i32) (result i32)"},
    {"blocking-splice", "streams", "[method]output-stream.blocking-splice", "(param i32 i32 i64 i32)"},
    {"get-stdin", "stdin", "get-stdin", "(result i32)"},
    {"get-stdout", "stdout", "get-stdout", "(result i32)"},
    {"get-stderr", "stderr", "get-stderr", "(result i32)"},
    {"get-arguments", "environment", "get-arguments", "(param i32)"},
    {"get-environment", "environment", "get-environment", "(param i32)"},
    {"exit", "exit", "exit", "(param i32)"},
    {"exit-with-code", "exit", "exit-with-code", "(param i32)"},
    {"now", "clock", "now", "(result i64)"},
    {"resolution", "clock", "resolution", "(result i64)"},
    {"subscribe-instant", "clock", "subscribe-instant", "(param i64) (result i32)"},
    {"subscribe-duration", "clock", "subscribe-duration", "(param i64) (result i32)"},
    {"wall-now", "wall", "now", "(param i32)"},
    {"random-bytes", "random", "get-random-bytes", "(param i64 i32)"},
    {"random-u64", "random", "get-random-u64", "(result i64)"},
    {"directories", "preopens", "get-directories", "(param i32)"},
    {"read-via-stream", "files", "[method]descriptor.read-via-stream", "(param i32 i64 i32)"},
    {"write-via-stream", "files", "[method]descriptor.write-via-stream", "(param i32 i64 i32)"},
    {"append-via-stream", "files", "[method]descriptor.append-via-stream", "(param i32 i32)"},
    {"set-size", "files", "[method]descriptor.set-size", "(param i32 i64 i32)"},
    {"write-at", "files", "[method]descriptor.write", "(param i32 i32 i32 i64 i32)"},
    {"create-directory", "files", "[method]descriptor.create-directory-at", "(param i32 i32 i32 i32)"},
    {"open", "files", "[method]descriptor.open-at", "(param i32 i32 i32 i32 i32 i32 i32)"},
    {"instance-network", "instance-network", "instance-network", "(result i32)"},
    {"resolve", "names", "resolve-addresses", "(param i32 i32 i32 i32)"},
    {"create-socket", "create-socket", "create-tcp-socket", "(param i32 i32)"},
};

/* Resources that the core module drops. */
static const char *const DROPS[] = {"pollable", "input", "output", "descriptor", "error"};

enum { FUNCTIONS_LEN = sizeof FUNCTIONS / sizeof *FUNCTIONS, DROPS_LEN = sizeof DROPS / sizeof *DROPS };

/* Functions for the bodies. Results of functions of WASI go to the address 1024. `$check` traps if a `result` is an error;
   `$code` exits with the code of an error, or 200 if there is none. `$print` prints bytes, and `$print-list` a list whose
   address and length are at an address. `$folder` is the first folder, and `$open-file` opens the file `f` in it. */
static const char *const HELPERS =
    "(global $stdout (mut i32) (i32.const -1))"
    "(func $check (if (i32.load8_u (i32.const 1024)) (then unreachable)))"
    "(func $code (param $at i32)"
    "  (if (i32.load8_u (i32.const 1024)) (then (call $exit-with-code (i32.load8_u (local.get $at)))))"
    "  (call $exit-with-code (i32.const 200)))"
    "(func $print (param $bytes i32) (param $len i32)"
    "  (if (i32.lt_s (global.get $stdout) (i32.const 0)) (then (global.set $stdout (call $get-stdout))))"
    "  (call $blocking-write (global.get $stdout) (local.get $bytes) (local.get $len) (i32.const 1024))"
    "  (call $check))"
    "(func $print-list (param $at i32)"
    "  (call $print (i32.load (local.get $at)) (i32.load offset=4 (local.get $at))))"
    "(func $sleep (param $time i64) (local $p i32)"
    "  (local.set $p (call $subscribe-duration (local.get $time)))"
    "  (call $block (local.get $p)) (call $drop-pollable (local.get $p)))"
    "(func $folder (result i32) (call $directories (i32.const 1024)) (i32.load (i32.load (i32.const 1024))))"
    "(data (i32.const 2048) \"file\")"
    "(func $try-open (param $folder i32) (param $how i32) (param $flags i32)"
    "  (call $open (local.get $folder) (i32.const 0) (i32.const 2048) (i32.const 4) (local.get $how)"
    "    (local.get $flags) (i32.const 1024)))"
    "(func $open-file (param $folder i32) (param $how i32) (param $flags i32) (result i32)"
    "  (call $try-open (local.get $folder) (local.get $how) (local.get $flags))"
    "  (call $check) (i32.load (i32.const 1028)))"
    "(func $writer (param $file i32) (param $offset i64) (result i32)"
    "  (call $write-via-stream (local.get $file) (local.get $offset) (i32.const 1024))"
    "  (call $check) (i32.load (i32.const 1028)))";

/* Makes the text of a component that exports `wasi:cli/run`, whose function is `run` of `body`: it returns 0, or 1 for an
   error. */
static text_t component_text(const char *body) {
  text_t text = {NULL, 0, 0};
  put(&text, "(component ");
  for (size_t i = 0; i < sizeof IMPORTS / sizeof *IMPORTS; i++) put(&text, IMPORTS[i]);
  for (size_t i = 0; i < FUNCTIONS_LEN; i++) {
    const char *parts[] = {"(core func $", FUNCTIONS[i].name, " (canon lower (func $", FUNCTIONS[i].instance, " \"",
                           FUNCTIONS[i].function, "\") (memory $memory) (realloc $realloc)))"};
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) put(&text, parts[part]);
  }
  for (size_t i = 0; i < DROPS_LEN; i++) {
    const char *parts[] = {"(core func $drop-", DROPS[i], " (canon resource.drop $", DROPS[i], "))"};
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) put(&text, parts[part]);
  }
  put(&text, "(core module $m (import \"libc\" \"memory\" (memory 8))");
  for (size_t i = 0; i < FUNCTIONS_LEN; i++) {
    const char *parts[] = {"(import \"\" \"", FUNCTIONS[i].name, "\" (func $", FUNCTIONS[i].name, " ",
                           FUNCTIONS[i].type, "))"};
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) put(&text, parts[part]);
  }
  for (size_t i = 0; i < DROPS_LEN; i++) {
    const char *parts[] = {"(import \"\" \"drop-", DROPS[i], "\" (func $drop-", DROPS[i], " (param i32)))"};
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) put(&text, parts[part]);
  }
  put(&text, HELPERS);
  put(&text, body);
  put(&text, ") (core instance $i (instantiate $m (with \"libc\" (instance $libc)) (with \"\" (instance");
  for (size_t i = 0; i < FUNCTIONS_LEN; i++) {
    const char *parts[] = {"(export \"", FUNCTIONS[i].name, "\" (func $", FUNCTIONS[i].name, "))"};
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) put(&text, parts[part]);
  }
  for (size_t i = 0; i < DROPS_LEN; i++) {
    const char *parts[] = {"(export \"drop-", DROPS[i], "\" (func $drop-", DROPS[i], "))"};
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) put(&text, parts[part]);
  }
  put(&text,
      "))))"
      "(func $run (result (result)) (canon lift (core func $i \"run\")))"
      "(instance $command (export \"run\" (func $run)))"
      "(export \"wasi:cli/run@0.2.3\" (instance $command)))");
  return text;
}

/* A component, and the store in which it runs. */
typedef struct {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_component_t *component;
  safewasm_componentinstance_t *instance;
} command_t;

static command_t new_command_of(const char *text, safewasm_wasi_t *wasi) {
  command_t command = {interruptible_engine(), NULL, NULL, NULL};
  safewasm_componentlinker_t *linker;
  OK(safewasm_store_new(command.engine, &command.store));
  if (wasi != NULL) OK(safewasm_store_set_wasi(command.store, wasi));
  OK(safewasm_component_new_text(command.engine, text, SAFEWASM_STRLEN, &command.component));
  OK(safewasm_componentlinker_new(command.engine, &linker));
  OK(safewasm_componentlinker_define_wasi(linker));
  OK(safewasm_componentlinker_instantiate(linker, command.store, command.component, &command.instance));
  safewasm_componentlinker_delete(linker);
  return command;
}

static command_t new_command(const char *body, safewasm_wasi_t *wasi) {
  text_t text = component_text(body);
  command_t command = new_command_of(text.data, wasi);
  free(text.data);
  return command;
}

static void delete_command(command_t command) {
  safewasm_componentinstance_delete(command.instance);
  safewasm_component_delete(command.component);
  safewasm_store_delete(command.store);
  safewasm_engine_delete(command.engine);
}

static uint32_t run_command(command_t command) {
  uint32_t status = 999;
  OK(safewasm_componentinstance_run(command.instance, &status));
  return status;
}

/* Runs a body once, and returns the exit status. */
static uint32_t status_of(const char *body, safewasm_wasi_t *wasi) {
  command_t command = new_command(body, wasi);
  uint32_t status = run_command(command);
  delete_command(command);
  return status;
}

static safewasm_error_t *error_of(command_t command) {
  uint32_t status = 5;
  safewasm_error_t *error = safewasm_componentinstance_run(command.instance, &status);
  CHECK(status == 0);
  return error;
}

static safewasm_wasi_t *with_buffer(safewasm_buffer_t *buffer) {
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, buffer));
  return wasi;
}

static const char *const HELLO =
    "(data (i32.const 0) \"hello\\n\")"
    "(func (export \"run\") (result i32) (call $print (i32.const 0) (i32.const 6)) (i32.const 0))";

TEST(a_component_prints) {
  safewasm_buffer_t *buffer = new_buffer();
  command_t command = new_command(HELLO, with_buffer(buffer));
  CHECK(run_command(command) == 0);
  CHECK(holds(buffer, "hello\n", 6));
  /* Unlike a module, it can run again. */
  CHECK(run_command(command) == 0);
  CHECK(holds(buffer, "hello\n", 6));
  delete_command(command);
  safewasm_buffer_delete(buffer);
}

TEST(a_component_gets_its_arguments_and_environment) {
  safewasm_buffer_t *buffer = new_buffer();
  safewasm_wasi_t *wasi = with_buffer(buffer);
  OK(safewasm_wasi_add_arg(wasi, "program", SAFEWASM_STRLEN));
  OK(safewasm_wasi_add_arg(wasi, "\xc3\xa9t\xc3\xa9", SAFEWASM_STRLEN));
  OK(safewasm_wasi_add_env(wasi, "NAME", SAFEWASM_STRLEN, "a=b", SAFEWASM_STRLEN));
  CHECK(status_of("(func (export \"run\") (result i32) (local $list i32)"
                  "  (call $get-arguments (i32.const 1040))"
                  "  (local.set $list (i32.load (i32.const 1040)))"
                  "  (call $print-list (local.get $list))"
                  "  (call $print-list (i32.add (local.get $list) (i32.const 8)))"
                  "  (if (i32.ne (i32.load (i32.const 1044)) (i32.const 2)) (then unreachable))"
                  "  (call $get-environment (i32.const 1040))"
                  "  (local.set $list (i32.load (i32.const 1040)))"
                  "  (call $print-list (local.get $list))"
                  "  (call $print-list (i32.add (local.get $list) (i32.const 8)))"
                  "  (i32.ne (i32.load (i32.const 1044)) (i32.const 1)))",
                  wasi) == 0);
  CHECK(holds(buffer, "program\xc3\xa9t\xc3\xa9NAMEa=b", 19));
  safewasm_buffer_delete(buffer);
}

TEST(nothing_is_inherited_unless_asked_for) {
  CHECK(status_of("(func (export \"run\") (result i32)"
                  "  (call $get-arguments (i32.const 1024)) (call $get-environment (i32.const 1032))"
                  "  (call $directories (i32.const 1040))"
                  "  (i32.or (i32.load (i32.const 1028))"
                  "    (i32.or (i32.load (i32.const 1036)) (i32.load (i32.const 1044)))))",
                  new_wasi()) == 0);
}

TEST(a_component_exits_with_a_status) {
  CHECK(status_of("(func (export \"run\") (result i32) (i32.const 1))", new_wasi()) == 1);
  CHECK(status_of("(func (export \"run\") (result i32) (call $exit (i32.const 0)) (unreachable))", new_wasi()) == 0);
  CHECK(status_of("(func (export \"run\") (result i32) (call $exit (i32.const 1)) (unreachable))", new_wasi()) == 1);
  static const char *const body =
      "(func (export \"run\") (result i32)"
      "  (call $get-arguments (i32.const 1024))"
      "  (call $exit-with-code (i32.load offset=4 (i32.load (i32.const 1024)))) (unreachable))";
  static const uint32_t wanted[] = {0, 1, 77, 255};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    char arg[256];
    memset(arg, 'a', sizeof arg);
    safewasm_wasi_t *wasi = new_wasi();
    OK(safewasm_wasi_add_arg(wasi, arg, wanted[i]));
    command_t command = new_command(body, wasi);
    CHECK(run_command(command) == wanted[i]);
    /* An exit ends the components of the store. */
    FAILS(error_of(command), COMPONENTS_ENDED, "the program exited with the status");
    delete_command(command);
  }
}

TEST(an_exit_in_another_call_is_an_error) {
  command_t command = new_command(
      "(func (export \"run\") (result i32) (call $exit-with-code (i32.const 9)) (unreachable))", new_wasi());
  safewasm_componentfunc_t *func;
  safewasm_values_t *values;
  uint32_t status = 0;
  OK(safewasm_componentinstance_func(command.instance, "wasi:cli/run", SAFEWASM_STRLEN, "run", SAFEWASM_STRLEN, &func));
  safewasm_error_t *error = safewasm_componentfunc_call(func, NULL, 0, &values);
  CHECK(safewasm_error_exit_status(error, &status) && status == 9);
  FAILS(error, EXIT, "the program exited with the status 9");
  safewasm_componentfunc_delete(func);
  delete_command(command);
}

TEST(a_component_that_is_no_command_is_refused) {
  uint32_t status = 5;
  command_t command = new_command_of("(component)", new_wasi());
  FAILS(safewasm_componentinstance_run(command.instance, &status), NOT_FOUND, "`instance` is no command");
  CHECK(status == 0);
  FAILS(safewasm_componentinstance_run(command.instance, NULL), NULL_POINTER, "`status_out`");
  FAILS(safewasm_componentinstance_run(NULL, &status), NULL_POINTER, "`instance`");
  delete_command(command);
  command = new_command_of(
      "(component (core module $m (func (export \"run\") (param i32)))"
      "  (core instance $i (instantiate $m))"
      "  (func $run (param \"x\" u32) (canon lift (core func $i \"run\")))"
      "  (instance $command (export \"run\" (func $run)))"
      "  (export \"wasi:cli/run@0.2.0\" (instance $command)))",
      new_wasi());
  FAILS(error_of(command), TYPE_MISMATCH, "its function `run` has another type");
  delete_command(command);
}

TEST(a_store_without_wasi_is_an_error) {
  command_t command = new_command("(func (export \"run\") (result i32) (drop (call $now)) (i32.const 0))", NULL);
  FAILS(error_of(command), UNSUPPORTED,
        "the WASI function `wasi:clocks/monotonic-clock#now` was called in a store without WASI; call "
        "`safewasm_store_set_wasi` first");
  delete_command(command);
}

TEST(a_linker_without_wasi_tells_how_to_define_it) {
  safewasm_engine_t *engine = new_engine();
  safewasm_store_t *store;
  safewasm_component_t *component;
  safewasm_componentlinker_t *linker;
  safewasm_componentinstance_t *instance;
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_componentlinker_new(engine, &linker));
  OK(safewasm_component_new_text(
      engine, "(component (import \"wasi:random/random@0.2.1\" (instance (export \"get-random-u64\" (func (result u64))))))",
      SAFEWASM_STRLEN, &component));
  FAILS(safewasm_componentlinker_instantiate(linker, store, component, &instance), LINK,
        "define their functions by `safewasm_componentlinker_define_wasi`");
  OK(safewasm_componentlinker_define_wasi(linker));
  OK(safewasm_componentlinker_instantiate(linker, store, component, &instance));
  safewasm_component_delete(component);
  FAILS(safewasm_componentlinker_define_wasi(linker), INVALID_ARGUMENT, "is defined already");
  OK(safewasm_componentlinker_allow_shadowing(linker, true));
  OK(safewasm_componentlinker_define_wasi(linker));
  FAILS(safewasm_componentlinker_define_wasi(NULL), NULL_POINTER, "`linker`");

  /* Another type, and an interface that isn't there. */
  OK(safewasm_component_new_text(
      engine, "(component (import \"wasi:random/random@0.2.1\" (instance (export \"get-random-u64\" (func (result u32))))))",
      SAFEWASM_STRLEN, &component));
  FAILS(safewasm_componentlinker_instantiate(linker, store, component, &instance), LINK, "wasi:random/random");
  safewasm_component_delete(component);
  OK(safewasm_component_new_text(
      engine, "(component (import \"wasi:random/random@0.2.1\" (instance (export \"get-random-u65\" (func (result u64))))))",
      SAFEWASM_STRLEN, &component));
  FAILS(safewasm_componentlinker_instantiate(linker, store, component, &instance), LINK, "get-random-u65");
  safewasm_component_delete(component);
  safewasm_componentlinker_delete(linker);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

/* Copies standard input to standard output until its end. */
static const char *const COPY =
    "(func (export \"run\") (result i32) (local $in i32)"
    "  (local.set $in (call $get-stdin))"
    "  (loop $more"
    "    (call $blocking-read (local.get $in) (i64.const 4096) (i32.const 1024))"
    /* `closed` is the end. */
    "    (if (i32.load8_u (i32.const 1024)) (then"
    "      (return (i32.ne (i32.load8_u (i32.const 1028)) (i32.const 1)))))"
    "    (call $print-list (i32.const 1028))"
    "    (br $more))"
    "  (unreachable))";

TEST(standard_input_is_copied_to_standard_output) {
  enum { LEN = 300000 };
  char *bytes = (char *)malloc(LEN);
  for (size_t i = 0; i < LEN; i++) bytes[i] = (char)(i * 7 + i / 256);
  safewasm_buffer_t *buffer = new_buffer();
  safewasm_wasi_t *wasi = with_buffer(buffer);
  OK(safewasm_wasi_set_stdin_bytes(wasi, (const uint8_t *)bytes, LEN));
  CHECK(status_of(COPY, wasi) == 0);
  CHECK(holds(buffer, bytes, LEN));
  free(bytes);
  /* Without a standard input, and with one that is a pipe. */
  CHECK(status_of(COPY, with_buffer(buffer)) == 0);
  CHECK(holds(buffer, "", 0));
  pipe_t pipe = new_pipe();
  wasi = with_buffer(buffer);
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, pipe.read));
  send_text(pipe.write, "through a pipe");
  close_pipe(pipe);
  CHECK(status_of(COPY, wasi) == 0);
  CHECK(holds(buffer, "through a pipe", 14));
  safewasm_buffer_delete(buffer);
}

TEST(a_splice_copies_a_stream) {
  safewasm_buffer_t *buffer = new_buffer();
  safewasm_wasi_t *wasi = with_buffer(buffer);
  OK(safewasm_wasi_set_stdin_bytes(wasi, (const uint8_t *)"spliced", 7));
  CHECK(status_of("(func (export \"run\") (result i32)"
                  "  (call $blocking-splice (call $get-stdout) (call $get-stdin) (i64.const 100) (i32.const 1024))"
                  "  (call $check) (i64.ne (i64.load (i32.const 1032)) (i64.const 7)))",
                  wasi) == 0);
  CHECK(holds(buffer, "spliced", 7));
  safewasm_buffer_delete(buffer);
}

/* Reads an empty pipe without waiting, and waits for it and for a time. */
TEST(a_component_reads_and_polls_without_waiting_for_bytes) {
  static const char *const body =
      "(func (export \"run\") (result i32) (local $in i32) (local $p i32)"
      "  (local.set $in (call $get-stdin))"
      "  (call $read (local.get $in) (i64.const 100) (i32.const 1024)) (call $check)"
      "  (if (i32.load (i32.const 1032)) (then (call $exit-with-code (i32.const 10))))"
      "  (local.set $p (call $subscribe-in (local.get $in)))"
      "  (if (call $ready (local.get $p)) (then (call $exit-with-code (i32.const 11))))"
      "  (i32.store (i32.const 100) (local.get $p))"
      "  (i32.store (i32.const 104) (call $subscribe-duration (i64.const 86400000000000000)))"
      "  (i32.store (i32.const 108) (call $subscribe-duration (i64.const 20000000)))"
      "  (call $poll (i32.const 100) (i32.const 3) (i32.const 1040))"
      "  (if (i32.ne (i32.load (i32.const 1044)) (i32.const 1)) (then (call $exit-with-code (i32.const 12))))"
      "  (call $exit-with-code (i32.load (i32.load (i32.const 1040)))) (unreachable))";
  pipe_t pipe = new_pipe();
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, pipe.read));
  CHECK(status_of(body, wasi) == 2);
  wasi = new_wasi();
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, pipe.read));
  OK(safewasm_wasi_set_fixed_clock(wasi, 0));
  CHECK(status_of(body, wasi) == 2);
  close_pipe(pipe);
}

static void *send_later(void *data) {
  usleep(20000);
  send_text(*(int *)data, "x");
  return NULL;
}

TEST(bytes_end_a_poll) {
  pipe_t pipe = new_pipe();
  pthread_t thread;
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, pipe.read));
  CHECK(pthread_create(&thread, NULL, send_later, &pipe.write) == 0);
  CHECK(status_of("(func (export \"run\") (result i32) (local $in i32)"
                  "  (local.set $in (call $get-stdin))"
                  "  (i32.store (i32.const 100) (call $subscribe-duration (i64.const 86400000000000000)))"
                  "  (i32.store (i32.const 104) (call $subscribe-in (local.get $in)))"
                  "  (call $poll (i32.const 100) (i32.const 2) (i32.const 1040))"
                  "  (call $read (local.get $in) (i64.const 100) (i32.const 1024)) (call $check)"
                  "  (i32.or (i32.ne (i32.load (i32.const 1032)) (i32.const 1))"
                  "    (i32.ne (i32.load (i32.load (i32.const 1040))) (i32.const 1))))",
                  wasi) == 0);
  pthread_join(thread, NULL);
  close_pipe(pipe);
}

/* Writes without waiting as long as the stream permits, waits for the rest, and exits with how many writes of 1,000 bytes
   there were. */
static const char *const WRITER =
    "(func (export \"run\") (result i32) (local $out i32) (local $count i32)"
    "  (local.set $out (call $get-stdout))"
    "  (block $full (loop $more"
    "    (call $check-write (local.get $out) (i32.const 1024)) (call $check)"
    "    (br_if $full (i64.lt_u (i64.load (i32.const 1032)) (i64.const 1000)))"
    "    (call $write (local.get $out) (i32.const 4096) (i32.const 1000) (i32.const 1024)) (call $check)"
    "    (local.set $count (i32.add (local.get $count) (i32.const 1)))"
    "    (br_if $more (i32.lt_u (local.get $count) (i32.const 200)))))"
    "  (call $blocking-flush (local.get $out) (i32.const 1024)) (call $check)"
    "  (call $exit-with-code (local.get $count)) (unreachable))";

typedef struct {
  int fd;
  size_t len;
} drain_t;

/* Reads to the end of a pipe, after a while. */
static void *drain(void *data) {
  drain_t *from = (drain_t *)data;
  char bytes[4096];
  ssize_t len;
  usleep(30000);
  while ((len = read(from->fd, bytes, sizeof bytes)) > 0) from->len += (size_t)len;
  return NULL;
}

TEST(nothing_is_lost_that_is_written_without_waiting) {
  CHECK(status_of(WRITER, new_wasi()) == 200);
  for (int socket = 0; socket < 2; socket++) {
    int ends[2];
    CHECK(socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 : pipe(ends) == 0);
    drain_t from = {ends[0], 0};
    pthread_t thread;
    safewasm_wasi_t *wasi = new_wasi();
    OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, ends[1]));
    close(ends[1]);
    CHECK(pthread_create(&thread, NULL, drain, &from) == 0);
    uint32_t count = status_of(WRITER, wasi);
    pthread_join(thread, NULL);
    CHECK(count > 10 && from.len == 1000 * count);
    close(ends[0]);
  }
}

TEST(a_write_of_more_than_is_permitted_traps) {
  command_t command = new_command(
      "(func (export \"run\") (result i32)"
      "  (call $write (call $get-stdout) (i32.const 65536) (i32.const 65537) (i32.const 1024)) (i32.const 0))",
      new_wasi());
  FAILS(error_of(command), TRAP, "a write is longer than `check-write` has permitted");
  delete_command(command);

  /* Without asking: what a pipe doesn't take waits, up to a limit. */
  pipe_t pipe = new_pipe();
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, pipe.write));
  command = new_command(
      "(func (export \"run\") (result i32)"
      "  (loop $more"
      "    (call $write (call $get-stdout) (i32.const 65536) (i32.const 65536) (i32.const 1024)) (call $check)"
      "    (br $more)) (unreachable))",
      wasi);
  FAILS(error_of(command), TRAP, "a write is longer than `check-write` has permitted");
  delete_command(command);
  close_pipe(pipe);
}

TEST(a_program_that_nobody_reads_exits_as_by_sigpipe) {
  pipe_t pipe = new_pipe();
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, pipe.write));
  close_pipe(pipe);
  CHECK(status_of(HELLO, wasi) == 141);
}

TEST(an_error_of_the_system_reaches_the_component) {
  safewasm_wasi_t *wasi = new_wasi();
  int full = open("/dev/full", O_WRONLY);
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, full));
  close(full);
  /* The first failure is `last-operation-failed`, and then the stream is closed. */
  CHECK(status_of("(func (export \"run\") (result i32) (local $out i32)"
                  "  (local.set $out (call $get-stdout))"
                  "  (call $blocking-write (local.get $out) (i32.const 0) (i32.const 4) (i32.const 1024))"
                  "  (if (i32.or (i32.eqz (i32.load8_u (i32.const 1024))) (i32.load8_u (i32.const 1028)))"
                  "    (then (unreachable)))"
                  "  (call $drop-error (i32.load (i32.const 1032)))"
                  "  (call $check-write (local.get $out) (i32.const 1024))"
                  "  (i32.or (i32.eqz (i32.load8_u (i32.const 1024)))"
                  "    (i32.ne (i32.load8_u (i32.const 1032)) (i32.const 1))))",
                  wasi) == 0);
}

TEST(the_limit_of_what_is_written_ends_the_call) {
  static const char *const body =
      "(func (export \"run\") (result i32) (local $err i32)"
      "  (local.set $err (call $get-stderr))"
      "  (loop $more"
      "    (call $write (local.get $err) (i32.const 4096) (i32.const 1000) (i32.const 1024))"
      "    (call $print (i32.const 4096) (i32.const 1000)) (br $more)) (unreachable))";
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_output_limit(wasi, 10500));
  command_t command = new_command(body, wasi);
  FAILS(error_of(command), LIMIT,
        "the program wrote to stderr beyond the limit of 10500 bytes for stdout and stderr together");
  delete_command(command);
  safewasm_buffer_t *buffer;
  OK(safewasm_buffer_new(4000, &buffer));
  command = new_command(body, with_buffer(buffer));
  FAILS(error_of(command), LIMIT, "its output buffer may hold, 4000 bytes");
  delete_command(command);
  safewasm_buffer_delete(buffer);
}

/* A callback of the tests, and what it does. */
typedef struct {
  char bytes[64];
  size_t len;
  enum { WORK, FAIL, USE_STORE } deed;
  command_t command;
} stream_t;

static safewasm_error_t *take_bytes(void *env, const uint8_t *bytes, size_t len) {
  stream_t *stream = (stream_t *)env;
  safewasm_error_t *error = NULL;
  uint64_t fuel;
  uint32_t status;
  if (stream->deed == FAIL) OK(safewasm_error_new("the stream is broken", SAFEWASM_STRLEN, NULL, NULL, NULL, &error));
  if (stream->deed == USE_STORE) {
    FAILS(safewasm_store_fuel(stream->command.store, &fuel), STORE_BUSY, "`store`");
    return safewasm_componentinstance_run(stream->command.instance, &status);
  }
  if (stream->len + len <= sizeof stream->bytes) memcpy(stream->bytes + stream->len, bytes, len);
  stream->len += len;
  return error;
}

static safewasm_error_t *give_bytes(void *env, uint8_t *bytes, size_t len, size_t *len_out) {
  size_t *left = (size_t *)env;
  *len_out = *left < len ? *left : len;
  memset(bytes, 'x', *len_out);
  *left -= *len_out;
  return NULL;
}

TEST(callbacks_are_streams_of_a_component) {
  stream_t stream = {{0}, 0, WORK, {NULL, NULL, NULL, NULL}};
  size_t left = 40;
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_stdin_callback(wasi, give_bytes, &left, NULL));
  OK(safewasm_wasi_set_stream_callback(wasi, SAFEWASM_WASI_STDOUT, take_bytes, &stream, NULL));
  CHECK(status_of(COPY, wasi) == 0);
  CHECK(stream.len == 40 && left == 0 && stream.bytes[39] == 'x');
}

TEST(a_callback_ends_the_call_and_finds_the_store_busy) {
  static const struct {
    int deed;
    const char *message;
    safewasm_error_kind_t kind;
  } CASES[] = {{FAIL, "the stream is broken", SAFEWASM_ERROR_HOST},
               {USE_STORE, "`instance`", SAFEWASM_ERROR_STORE_BUSY}};
  for (size_t i = 0; i < 2; i++) {
    stream_t stream = {{0}, 0, WORK, {NULL, NULL, NULL, NULL}};
    safewasm_wasi_t *wasi = new_wasi();
    OK(safewasm_wasi_set_stream_callback(wasi, SAFEWASM_WASI_STDOUT, take_bytes, &stream, NULL));
    stream.command = new_command(HELLO, wasi);
    stream.deed = CASES[i].deed == FAIL ? FAIL : USE_STORE;
    check_fails(error_of(stream.command), CASES[i].kind, CASES[i].message, __FILE__, __LINE__, "run");
    FAILS(error_of(stream.command), COMPONENTS_ENDED, CASES[i].message);
    delete_command(stream.command);
  }
}

TEST(a_component_reads_the_clocks) {
  CHECK(status_of("(func (export \"run\") (result i32) (local $before i64)"
                  "  (local.set $before (call $now))"
                  "  (call $sleep (i64.const 2000000))"
                  "  (if (i64.lt_u (i64.sub (call $now) (local.get $before)) (i64.const 2000000))"
                  "    (then (call $exit-with-code (i32.const 10))))"
                  "  (if (i64.ne (call $resolution) (i64.const 1)) (then (call $exit-with-code (i32.const 11))))"
                  "  (call $block (call $subscribe-instant (i64.add (call $now) (i64.const 1000))))"
                  "  (call $block (call $subscribe-instant (i64.const 0)))"
                  "  (call $wall-now (i32.const 1024))"
                  /* 2020 */
                  "  (i64.lt_u (i64.load (i32.const 1024)) (i64.const 1577836800)))",
                  new_wasi()) == 0);
}

TEST(fixed_clocks_advance_by_sleeps_only) {
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_set_fixed_clock(wasi, UINT64_C(1700000000) * 1000000000 + 5));
  CHECK(status_of(
            "(func (export \"run\") (result i32) (local $p i32)"
            "  (if (i64.ne (call $now) (i64.const 0)) (then (call $exit-with-code (i32.const 10))))"
            "  (local.set $p (call $subscribe-duration (i64.const 86400000000000000)))"
            "  (if (call $ready (local.get $p)) (then (call $exit-with-code (i32.const 11))))"
            "  (if (i64.ne (call $now) (i64.const 0)) (then (call $exit-with-code (i32.const 12))))"
            /* Another sleep is shorter. */
            "  (call $sleep (i64.const 7))"
            "  (if (i64.ne (call $now) (i64.const 7)) (then (call $exit-with-code (i32.const 13))))"
            "  (call $block (local.get $p))"
            "  (if (i64.ne (call $now) (i64.const 86400000000000000)) (then (call $exit-with-code (i32.const 14))))"
            "  (call $wall-now (i32.const 1024))"
            "  (i32.or (i64.ne (i64.load (i32.const 1024)) (i64.const 1786400000))"
            "    (i32.ne (i32.load (i32.const 1032)) (i32.const 5))))",
            wasi) == 0);
}

TEST(random_numbers_are_a_function_of_the_seed) {
  static const char *const body =
      "(func (export \"run\") (result i32)"
      "  (call $random-bytes (i64.const 20) (i32.const 1024)) (call $print-list (i32.const 1024))"
      "  (i64.store (i32.const 0) (call $random-u64)) (call $print (i32.const 0) (i32.const 8)) (i32.const 0))";
  char found[3][28];
  for (int i = 0; i < 3; i++) {
    stream_t stream = {{0}, 0, WORK, {NULL, NULL, NULL, NULL}};
    safewasm_wasi_t *wasi = new_wasi();
    if (i < 2) OK(safewasm_wasi_set_seed(wasi, 7));
    OK(safewasm_wasi_set_stream_callback(wasi, SAFEWASM_WASI_STDOUT, take_bytes, &stream, NULL));
    CHECK(status_of(body, wasi) == 0);
    CHECK(stream.len == 28);
    memcpy(found[i], stream.bytes, 28);
  }
  CHECK(memcmp(found[0], found[1], 28) == 0 && memcmp(found[0], found[2], 28) != 0);
  command_t command = new_command(
      "(func (export \"run\") (result i32) (call $random-bytes (i64.const -1) (i32.const 1024)) (i32.const 0))",
      new_wasi());
  FAILS(error_of(command), TRAP, "18446744073709551615 random bytes are more than 67108864, the most of one call");
  delete_command(command);
}

/* A folder for one test. */
static char folder_path[] = "/tmp/component-wasi-XXXXXX";

static safewasm_wasi_t *with_folder(bool writable) {
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_add_dir(wasi, folder_path, SAFEWASM_STRLEN, "/d", SAFEWASM_STRLEN, writable));
  return wasi;
}

static const char *path_of(const char *name) {
  static char path[100];
  snprintf(path, sizeof path, "%s/%s", folder_path, name);
  return path;
}

/* Whether the file `file` has that content. Removes it. */
static int file_is(const char *content) {
  char bytes[100] = {0};
  int fd = open(path_of("file"), O_RDONLY);
  ssize_t len = read(fd, bytes, sizeof bytes - 1);
  close(fd);
  unlink(path_of("file"));
  return len == (ssize_t)strlen(content) && strcmp(bytes, content) == 0;
}

TEST(a_component_writes_and_reads_a_file) {
  CHECK(mkdtemp(folder_path) != NULL);
  safewasm_buffer_t *buffer = new_buffer();
  safewasm_wasi_t *wasi = with_folder(true);
  OK(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, buffer));
  CHECK(status_of("(data (i32.const 0) \"abcdefgh\")"
                  "(func (export \"run\") (result i32) (local $file i32) (local $s i32)"
                  "  (local.set $file (call $open-file (call $folder) (i32.const 1) (i32.const 3)))"
                  "  (local.set $s (call $writer (local.get $file) (i64.const 2)))"
                  "  (call $check-write (local.get $s) (i32.const 1024)) (call $check)"
                  "  (call $write (local.get $s) (i32.const 0) (i32.const 4) (i32.const 1024)) (call $check)"
                  "  (call $blocking-write (local.get $s) (i32.const 4) (i32.const 2) (i32.const 1024)) (call $check)"
                  "  (call $block (call $subscribe-out (local.get $s)))"
                  "  (call $append-via-stream (local.get $file) (i32.const 1024)) (call $check)"
                  "  (call $blocking-write (i32.load (i32.const 1028)) (i32.const 6) (i32.const 2) (i32.const 1024))"
                  "  (call $check)"
                  "  (call $write-at (local.get $file) (i32.const 0) (i32.const 2) (i64.const 0) (i32.const 1024))"
                  "  (call $check)"
                  "  (call $read-via-stream (local.get $file) (i64.const 4) (i32.const 1024)) (call $check)"
                  "  (local.set $s (i32.load (i32.const 1028)))"
                  "  (call $read (local.get $s) (i64.const 3) (i32.const 1024)) (call $check)"
                  "  (call $print-list (i32.const 1028))"
                  "  (call $blocking-read (local.get $s) (i64.const 100) (i32.const 1024)) (call $check)"
                  "  (call $print-list (i32.const 1028))"
                  "  (call $read (local.get $s) (i64.const 3) (i32.const 1024))"
                  "  (i32.ne (i32.load8_u (i32.const 1028)) (i32.const 1)))",
                  wasi) == 0);
  CHECK(holds(buffer, "cdefgh", 6));
  CHECK(file_is("ababcdefgh"));
  safewasm_buffer_delete(buffer);
}

/* The codes of errors of files that the tests meet. */
enum { INSUFFICIENT_MEMORY = 22, INSUFFICIENT_SPACE = 23, UNSUPPORTED_FILE = 27, NOT_PERMITTED = 31, NO_ENTRY = 20 };

TEST(files_are_opened_within_the_rules) {
  static const char *const open_it =
      "(func (export \"run\") (result i32)"
      "  (call $try-open (call $folder) (i32.const 0) (i32.const 1)) (call $code (i32.const 1028)) (unreachable))";
  static const char *const create_it =
      "(func (export \"run\") (result i32)"
      "  (call $try-open (call $folder) (i32.const 1) (i32.const 3)) (call $code (i32.const 1028)) (unreachable))";
  CHECK(status_of(open_it, with_folder(false)) == NO_ENTRY);
  CHECK(status_of(create_it, with_folder(false)) == NOT_PERMITTED);
  CHECK(mkfifo(path_of("file"), 0600) == 0);
  CHECK(status_of(open_it, with_folder(true)) == UNSUPPORTED_FILE);
  unlink(path_of("file"));
  CHECK(symlink("/etc/passwd", path_of("file")) == 0);
  CHECK(status_of("(func (export \"run\") (result i32)"
                  "  (call $open (call $folder) (i32.const 1) (i32.const 2048) (i32.const 4) (i32.const 0)"
                  "    (i32.const 1) (i32.const 1024)) (call $code (i32.const 1028)) (unreachable))",
                  with_folder(true)) == NOT_PERMITTED);
  unlink(path_of("file"));
}

TEST(as_many_files_are_open_as_the_limit_allows) {
  safewasm_wasi_t *wasi = with_folder(true);
  OK(safewasm_wasi_set_open_limit(wasi, 3));
  /* A stream keeps its file open. */
  CHECK(status_of("(func (export \"run\") (result i32) (local $folder i32) (local $file i32) (local $s i32)"
                  "  (local.set $folder (call $folder))"
                  "  (local.set $file (call $open-file (local.get $folder) (i32.const 1) (i32.const 3)))"
                  "  (drop (call $open-file (local.get $folder) (i32.const 1) (i32.const 3)))"
                  "  (drop (call $open-file (local.get $folder) (i32.const 1) (i32.const 3)))"
                  "  (call $try-open (local.get $folder) (i32.const 1) (i32.const 3))"
                  "  (if (i32.ne (i32.load8_u (i32.const 1028)) (i32.const 22)) (then unreachable))"
                  "  (local.set $s (call $writer (local.get $file) (i64.const 0)))"
                  "  (call $drop-descriptor (local.get $file))"
                  "  (call $try-open (local.get $folder) (i32.const 1) (i32.const 3))"
                  "  (if (i32.ne (i32.load8_u (i32.const 1028)) (i32.const 22)) (then unreachable))"
                  "  (call $drop-output (local.get $s))"
                  "  (drop (call $open-file (local.get $folder) (i32.const 1) (i32.const 3)))"
                  "  (i32.const 0))",
                  wasi) == 0);
  unlink(path_of("file"));
}

TEST(as_much_is_written_to_folders_as_the_limit_allows) {
  static const char *const BODIES[] = {
      "(call $create-directory (local.get $folder) (i32.const 2048) (i32.const 4) (i32.const 1024))"
      "(call $code (i32.const 1025))",
      "(call $write-at (local.get $file) (i32.const 0) (i32.const 101) (i64.const 0) (i32.const 1024))"
      "(call $code (i32.const 1032))",
      "(call $write-at (local.get $file) (i32.const 0) (i32.const 1) (i64.const 100) (i32.const 1024))"
      "(call $code (i32.const 1032))",
      "(call $set-size (local.get $file) (i64.const 101) (i32.const 1024)) (call $code (i32.const 1025))",
  };
  static const uint32_t EXPECTED[] = {INSUFFICIENT_SPACE, INSUFFICIENT_SPACE, INSUFFICIENT_SPACE, INSUFFICIENT_SPACE};
  for (size_t i = 0; i < sizeof BODIES / sizeof *BODIES; i++) {
    text_t body = {NULL, 0, 0};
    put(&body, "(func (export \"run\") (result i32) (local $folder i32) (local $file i32)"
               "  (local.set $folder (call $folder))"
               "  (local.set $file (call $open-file (local.get $folder) (i32.const 1) (i32.const 3)))");
    put(&body, BODIES[i]);
    put(&body, "(unreachable))");
    safewasm_wasi_t *wasi = with_folder(true);
    /* A new name costs 4,096 bytes. */
    OK(safewasm_wasi_set_written_limit(wasi, 4096 + 100));
    CHECK(status_of(body.data, wasi) == EXPECTED[i]);
    free(body.data);
    CHECK(file_is(""));
  }
  safewasm_wasi_t *wasi = with_folder(true);
  OK(safewasm_wasi_set_written_limit(wasi, 4096 + 100));
  CHECK(status_of("(data (i32.const 0) \"abc\")"
                  "(func (export \"run\") (result i32) (local $file i32) (local $s i32)"
                  "  (local.set $file (call $open-file (call $folder) (i32.const 1) (i32.const 3)))"
                  "  (call $set-size (local.get $file) (i64.const 50) (i32.const 1024)) (call $check)"
                  "  (call $set-size (local.get $file) (i64.const 0) (i32.const 1024)) (call $check)"
                  "  (local.set $s (call $writer (local.get $file) (i64.const 0)))"
                  "  (call $blocking-write (local.get $s) (i32.const 0) (i32.const 3) (i32.const 1024)) (call $check)"
                  "  (call $blocking-write (local.get $s) (i32.const 0) (i32.const 48) (i32.const 1024))"
                  "  (if (i32.or (i32.eqz (i32.load8_u (i32.const 1024))) (i32.load8_u (i32.const 1028)))"
                  "    (then unreachable))"
                  "  (call $blocking-write (local.get $s) (i32.const 0) (i32.const 1) (i32.const 1024))"
                  "  (i32.ne (i32.load8_u (i32.const 1028)) (i32.const 1)))",
                  wasi) == 0);
  CHECK(file_is("abc"));
  CHECK(rmdir(folder_path) == 0);
}

TEST(a_component_has_so_many_resources_only) {
  command_t command = new_command(
      "(func (export \"run\") (result i32) (loop $more (drop (call $get-stdin)) (br $more)) (unreachable))", new_wasi());
  FAILS(error_of(command), LIMIT,
        "the WASI function `wasi:cli/stdin#get-stdin` failed: the program has too many resources of WASI");
  delete_command(command);
  /* Those that are dropped don't count. */
  CHECK(status_of("(func (export \"run\") (result i32) (local $count i32)"
                  "  (loop $more"
                  "    (call $sleep (i64.const 0))"
                  "    (call $drop-input (call $get-stdin))"
                  "    (local.set $count (i32.add (local.get $count) (i32.const 1)))"
                  "    (br_if $more (i32.lt_u (local.get $count) (i32.const 70000))))"
                  "  (i32.const 0))",
                  new_wasi()) == 0);
}

TEST(a_component_has_no_network) {
  /* The code of `access-denied` is 1. */
  CHECK(status_of("(func (export \"run\") (result i32)"
                  "  (call $create-socket (i32.const 0) (i32.const 1024)) (call $code (i32.const 1028)) (unreachable))",
                  new_wasi()) == 1);
  CHECK(status_of("(data (i32.const 0) \"localhost\")"
                  "(func (export \"run\") (result i32)"
                  "  (call $resolve (call $instance-network) (i32.const 0) (i32.const 9) (i32.const 1024))"
                  "  (call $code (i32.const 1028)) (unreachable))",
                  new_wasi()) == 1);
}

/* Sleeps for 1000 days. */
static const char *const SLEEPER =
    "(func (export \"run\") (result i32) (call $sleep (i64.const 86400000000000000)) (i32.const 0))";

static void check_interrupted(command_t command, const char *why) {
  safewasm_error_t *error = error_of(command);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
  FAILS(error, TRAP, why);
}

TEST(a_deadline_ends_a_wait) {
  pipe_t in = new_pipe(), out = new_pipe();
  static const char *const WAITS[] = {
      "(call $sleep (i64.const 86400000000000000))",
      "(i32.store (i32.const 0) (call $subscribe-duration (i64.const 86400000000000000)))"
      "(i32.store (i32.const 4) (call $subscribe-in (call $get-stdin)))"
      "(call $poll (i32.const 0) (i32.const 2) (i32.const 1024))",
      "(call $blocking-read (call $get-stdin) (i64.const 10) (i32.const 1024))",
      "(loop $more (call $print (i32.const 0) (i32.const 4096)) (br $more))",
      "(loop $more (drop (call $now)) (br $more))",
  };
  for (size_t i = 0; i < sizeof WAITS / sizeof *WAITS; i++) {
    text_t body = {NULL, 0, 0};
    put(&body, "(func (export \"run\") (result i32) ");
    put(&body, WAITS[i]);
    put(&body, " (i32.const 0))");
    safewasm_wasi_t *wasi = new_wasi();
    OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, in.read));
    OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDOUT, out.write));
    command_t command = new_command(body.data, wasi);
    OK(safewasm_store_set_deadline(command.store, 20 * MILLISECONDS));
    check_interrupted(command, "the store's deadline has passed");
    delete_command(command);
    free(body.data);
  }
  close_pipe(in);
  close_pipe(out);
}

/* What another thread does to a program that sleeps, until it has ended. */
typedef struct {
  command_t command;
  atomic_bool has_ended;
  bool deletes;
} other_t;

static void *act(void *data) {
  other_t *other = (other_t *)data;
  while (!atomic_load(&other->has_ended)) {
    usleep(5000);
    if (other->deletes) safewasm_store_delete(other->command.store);
    else OK(safewasm_store_interrupt(other->command.store));
  }
  return NULL;
}

TEST(an_interrupt_or_the_deletion_of_its_store_ends_a_wait) {
  for (int deletes = 0; deletes < 2; deletes++) {
    other_t other = {new_command(SLEEPER, new_wasi()), false, deletes == 1};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, act, &other) == 0);
    check_interrupted(other.command,
                      deletes ? "the store was deleted while the call ran" : "`safewasm_store_interrupt`");
    atomic_store(&other.has_ended, true);
    pthread_join(thread, NULL);
    delete_command(other.command);
  }
}

static void *run_deep(void *data) {
  uint32_t status;
  return safewasm_componentinstance_run(((command_t *)data)->instance, &status);
}

/* Calls functions of WASI at each depth of its stack, until that is exhausted. */
TEST(functions_of_wasi_have_the_stack_that_they_need) {
  enum { WASM = 32 << 10, MARGIN = 256 << 10, LIBRARY = 24 << 10 };
  safewasm_buffer_t *buffer = new_buffer();
  safewasm_wasi_t *wasi = with_buffer(buffer);
  OK(safewasm_wasi_add_dir(wasi, "/tmp", SAFEWASM_STRLEN, "/d", SAFEWASM_STRLEN, false));
  stack_of_wasm = WASM;
  command_t command = new_command(
      "(func $deep (local i64 i64 i64 i64)"
      "  (call $random-bytes (i64.const 100) (i32.const 1024))"
      "  (call $try-open (call $folder) (i32.const 0) (i32.const 1))"
      "  (call $sleep (i64.const 0))"
      "  (call $blocking-read (call $get-stdin) (i64.const 100) (i32.const 1024))"
      "  (call $create-socket (i32.const 0) (i32.const 1024))"
      "  (call $print (i32.const 0) (i32.const 1))"
      "  (call $deep))"
      "(func (export \"run\") (result i32) (call $deep) (i32.const 0))",
      wasi);
  stack_of_wasm = 0;
  pthread_attr_t attributes;
  pthread_t thread;
  void *error;
  size_t depth = 0;
  pthread_attr_init(&attributes);
  CHECK(pthread_attr_setstacksize(&attributes, WASM + MARGIN + LIBRARY) == 0);
  CHECK(pthread_create(&thread, &attributes, run_deep, &command) == 0);
  pthread_join(thread, &error);
  pthread_attr_destroy(&attributes);
  CHECK(safewasm_error_trap_code((safewasm_error_t *)error) == SAFEWASM_TRAP_STACK_OVERFLOW);
  safewasm_error_delete((safewasm_error_t *)error);
  OK(safewasm_buffer_len(buffer, &depth));
  CHECK(depth > 50);
  delete_command(command);
  safewasm_buffer_delete(buffer);
}

/* Opens a file, which another thread does, and waits for a pipe and a time. */
TEST(a_forked_child_runs_a_component) {
  pipe_t pipe = new_pipe();
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_add_dir(wasi, "/dev", SAFEWASM_STRLEN, "/d", SAFEWASM_STRLEN, false));
  OK(safewasm_wasi_set_stream_fd(wasi, SAFEWASM_WASI_STDIN, pipe.read));
  command_t command = new_command(
      "(func (export \"run\") (result i32)"
      "  (call $try-open (call $folder) (i32.const 0) (i32.const 1))"
      "  (i32.store (i32.const 0) (call $subscribe-duration (i64.const 20000000)))"
      "  (i32.store (i32.const 4) (call $subscribe-in (call $get-stdin)))"
      "  (call $poll (i32.const 0) (i32.const 2) (i32.const 1040))"
      "  (i32.or (i32.ne (i32.load8_u (i32.const 1028)) (i32.const 20))"
      "    (i32.load (i32.load (i32.const 1040)))))",
      wasi);
  CHECK(run_command(command) == 0);
  pid_t child = fork();
  if (child == 0) _exit(run_command(command) == 0 && !failed_here ? 7 : 8);
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7);
  delete_command(command);
  close_pipe(pipe);
}

int main(void) {
  RUN(a_component_prints);
  RUN(a_component_gets_its_arguments_and_environment);
  RUN(nothing_is_inherited_unless_asked_for);
  RUN(a_component_exits_with_a_status);
  RUN(an_exit_in_another_call_is_an_error);
  RUN(a_component_that_is_no_command_is_refused);
  RUN(a_store_without_wasi_is_an_error);
  RUN(a_linker_without_wasi_tells_how_to_define_it);
  RUN(standard_input_is_copied_to_standard_output);
  RUN(a_splice_copies_a_stream);
  RUN(a_component_reads_and_polls_without_waiting_for_bytes);
  RUN(bytes_end_a_poll);
  RUN(nothing_is_lost_that_is_written_without_waiting);
  RUN(a_write_of_more_than_is_permitted_traps);
  RUN(a_program_that_nobody_reads_exits_as_by_sigpipe);
  RUN(an_error_of_the_system_reaches_the_component);
  RUN(the_limit_of_what_is_written_ends_the_call);
  RUN(callbacks_are_streams_of_a_component);
  RUN(a_callback_ends_the_call_and_finds_the_store_busy);
  RUN(a_component_reads_the_clocks);
  RUN(fixed_clocks_advance_by_sleeps_only);
  RUN(random_numbers_are_a_function_of_the_seed);
  RUN(a_component_writes_and_reads_a_file);
  RUN(files_are_opened_within_the_rules);
  RUN(as_many_files_are_open_as_the_limit_allows);
  RUN(as_much_is_written_to_folders_as_the_limit_allows);
  RUN(a_component_has_so_many_resources_only);
  RUN(a_component_has_no_network);
  RUN(a_deadline_ends_a_wait);
  RUN(an_interrupt_or_the_deletion_of_its_store_ends_a_wait);
  RUN_NATIVELY(functions_of_wasi_have_the_stack_that_they_need);
  RUN_NATIVELY(a_forked_child_runs_a_component);
  return finish("componentwasi");
}
