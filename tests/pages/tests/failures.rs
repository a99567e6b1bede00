//! Pages that are wrong, each of which must fail, and right ones beside them.

use safewasm_pages::page::Page;
use safewasm_pages::run::{Report, run_page};
use safewasm_pages::set_up::SetUp;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The set-up, which tests that run at once share.
fn set_up() -> Arc<SetUp> {
    static SHARED: Mutex<Weak<SetUp>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let made = Arc::new(SetUp::new().unwrap());
        *shared = Arc::downgrade(&made);
        made
    })
}

/// A page of blocks, each an info string and code.
fn text(blocks: &[(&str, &str)]) -> String {
    let fenced = blocks.iter().map(|(info, code)| format!("# A page\n\n```{info}\n{code}\n```\n"));
    fenced.collect()
}

fn report(set_up: &SetUp, text: &str) -> Report {
    // Each page has a name, and thereby a folder, of its own.
    let name = std::thread::current().name().unwrap().to_owned();
    run_page(set_up, &Page::new(name, text, 1, &set_up.suites)).unwrap()
}

/// Runs a page on which every block is right.
fn passes(blocks: &[(&str, &str)]) {
    let report = report(&set_up(), &text(blocks));
    assert!(report.failures.is_empty(), "{}", report.failures.join("\n"));
}

/// Runs a page with one failure, whose text must have these parts.
fn fails(blocks: &[(&str, &str)], parts: &[&str]) {
    let report = report(&set_up(), &text(blocks));
    let [failure] = &report.failures[..] else { panic!("{:?}", report.failures) };
    for part in parts {
        assert!(failure.contains(part), "{part:?} is not in:\n{failure}");
    }
}

#[test]
fn values_and_output_of_julia_are_compared() {
    passes(&[
        ("julia,threads=2", "Threads.nthreads()    # => 2"),
        ("julia", "x = 0\nfor i in 1:3\n    x += i\nend\nx    # => 6\nstruct P end"),
        ("julia", "[x, x]    # => [6, 6]\n\"a\"\n# => \"a\"\nprintln(P())\nprintln(stderr, x)"),
        ("output", "P()\n6"),
        ("julia", "sqrt(-1)\nx    # => 6"),
        ("output", "ERROR: DomainError with -1.0:\n…"),
        ("julia", "rand()    # => 0.…"),
    ]);
}

#[test]
fn a_wrong_value_is_a_failure() {
    fails(
        &[("julia", "x = 1\n\nx + 1    # => 3")],
        &["a_wrong_value_is_a_failure:4", "line 6", "- 3", "+ 2"],
    );
}

#[test]
fn a_value_that_is_stated_inside_of_a_statement_is_a_failure() {
    fails(&[("julia", "if true\n    1    # => 1\nend")], &["inside of a statement"]);
}

#[test]
fn a_value_that_an_exception_prevents_is_a_failure() {
    fails(&[("julia", "error(\"no\")    # => 1"), ("output", "ERROR: no")], &["+ an exception"]);
}

#[test]
fn wrong_output_is_a_failure() {
    fails(&[("julia", "println(1)\nprintln(2)"), ("output", "1\n3")], &["    1\n  - 3\n  + 2"]);
}

#[test]
fn output_that_a_program_does_not_print_is_a_failure() {
    fails(&[("julia", "1"), ("output", "1")], &["its output is another", "- 1"]);
}

#[test]
fn output_that_the_page_does_not_show_is_a_failure() {
    fails(&[("julia", "println(1)")], &["no `output` block shows it", "+ 1"]);
}

#[test]
fn an_exception_that_the_page_does_not_show_is_a_failure() {
    fails(&[("julia", "div(1, 0)")], &["+ ERROR: DivideError"]);
}

#[test]
fn julia_code_that_is_incomplete_is_a_failure() {
    fails(&[("julia", "f(1,")], &["ERROR: syntax: incomplete"]);
}

#[test]
fn a_julia_that_ends_is_a_failure() {
    fails(&[("julia", "exit(3)")], &["Julia ended with the exit status 3"]);
}

#[test]
fn a_julia_that_fails_after_the_last_block_is_a_failure() {
    fails(
        &[("julia", "atexit(() -> ccall(:_exit, Cvoid, (Cint,), 3)); 1")],
        &["after the last block"],
    );
}

#[test]
fn what_a_page_made_is_not_seen_by_another_page() {
    let (set_up, page) = (
        set_up(),
        text(&[(
            "julia",
            "isdefined(Main, :x), isfile(\"f\")\n# => (false, false)\nx = 1\ntouch(\"f\");",
        )]),
    );
    for name in ["first", "second"] {
        let page = Page::new(name.to_owned(), &page, 1, &set_up.suites);
        assert_eq!(run_page(&set_up, &page).unwrap().failures, [""; 0]);
    }
}

#[test]
fn a_block_that_hangs_is_ended_with_the_processes_that_it_started() {
    let mut set_up = SetUp::new().unwrap();
    set_up.seconds = 10;
    let started = set_up.folder.join("started");
    let sleeps = format!("sleep 1000 & echo $! > {}\nwait", started.display());
    let hanging = [
        ("sh", sleeps.as_str()),
        ("c", "int main(void) { for (;;) {} }"),
        ("julia", "while true end"),
        ("output", "…"),
    ];
    let report = report(&set_up, &text(&hanging));
    let [shell, program, julia] = &report.failures[..] else { panic!("{:?}", report.failures) };
    assert!(shell.contains("the shell took too long"), "{shell}");
    assert!(program.contains("the program took too long"), "{program}");
    assert!(julia.contains("Julia took too long"), "{julia}");
    let process = fs::read_to_string(started).unwrap();
    let state = fs::read_to_string(Path::new("/proc").join(process.trim()).join("stat"));
    // A process that nobody waited for is a zombie.
    assert!(state.as_ref().map_or(true, |state| state.contains(" Z ")), "{state:?}");
}

const FRAME: &str =
    "#include <stdio.h>\nint main(void) {\n  puts(\"begin\");\n  // …\n  puts(\"end\");\n}";

#[test]
fn programs_in_c_and_their_pieces_are_run() {
    passes(&[
        ("c", "#include <safewasm.h>\nint main(void) { return safewasm_engine_new(0, 0) == 0; }"),
        ("c,frame", FRAME),
        ("output", "begin\nend"),
        ("c", "int x = one();\nprintf(\"%d\\n\", x);"),
        ("output", "1"),
        ("c", "fputs(\"x\\n\", stderr);"),
        ("output", "x"),
        ("c,function", "static int one(void) { return 1; }"),
        ("cpp", "#include <safewasm.hpp>\nint main() { safewasm::Engine engine; }"),
    ]);
}

#[test]
fn a_warning_of_the_compiler_is_a_failure() {
    fails(
        &[("c", "int main(void) {\n  int x;\n}")],
        &["the compiler refuses it", "a_warning_of_the_compiler_is_a_failure:5", "unused variable"],
    );
    fails(
        &[("cpp,frame", "int main() {\n  // …\n}"), ("cpp", "char c = 1.5;")],
        &["the compiler refuses it", "a_warning_of_the_compiler_is_a_failure:11"],
    );
}

#[test]
fn functions_without_a_program_are_compiled() {
    passes(&[("c,function", "static int one(void) { return 1; }")]);
    fails(&[("c,function", "static int one(void) { return x; }")], &["undeclared"]);
}

#[test]
fn wrong_output_of_a_piece_is_a_failure() {
    fails(
        &[("c,frame", FRAME), ("output", "begin\nend"), ("c", "puts(\"a\");"), ("output", "b")],
        &["wrong_output_of_a_piece_is_a_failure:20", "- b\n  + a"],
    );
}

#[test]
fn a_program_that_fails_is_a_failure() {
    fails(&[("c", "int main(void) { return 3; }")], &["the program ended with the exit status 3"]);
    fails(&[("c,frame", FRAME), ("output", "begin"), ("c", "return 3;")], &["exit status 3"]);
}

#[test]
fn pieces_without_a_frame_are_a_failure() {
    fails(&[("c", "puts(\"a\");")], &["0 frames"]);
    fails(&[("c,frame", "int main(void) {}"), ("c", ";")], &["the frame has no line"]);
}

#[test]
fn commands_run_in_the_folder_of_the_page_s_files() {
    passes(&[
        ("text,file=a/b.txt", "hello"),
        ("sh", "cat a/b.txt\necho error >&2"),
        ("output", "hello\nerror"),
        ("sh", "echo hidden > c.txt"),
        ("julia", "read(\"c.txt\", String)    # => \"hidden\\n\""),
        ("sh,elsewhere=julia", "make test"),
    ]);
}

#[test]
fn a_command_that_fails_is_a_failure() {
    fails(&[("sh", "false\ntrue")], &["the shell ended with the exit status 1"]);
}

#[test]
fn a_module_that_is_not_valid_is_a_failure() {
    passes(&[("wat", "(module)")]);
    fails(&[("wat", "(module (func (result i32)))")], &["type mismatch"]);
    fails(&[("wat", "(module")], &["expected `)`"]);
}

#[test]
fn a_page_that_needs_a_thing_that_is_not_here_is_skipped() {
    let mut set_up = SetUp::new().unwrap();
    let empty = set_up.folder.join("empty").display().to_string();
    for (name, value) in [("registry", "http://127.0.0.1:9".to_owned()), ("cache", empty)] {
        set_up.environment.insert(format!("npm_config_{name}"), value);
    }
    let report = report(&set_up, &text(&[("julia,needs=npm", "error()")]));
    assert_eq!(report.skipped.as_deref(), Some("npm is not available"));
    assert_eq!(report.failures, [""; 0]);
}

#[test]
fn a_block_that_the_runner_does_not_know_is_a_failure() {
    fails(&[("", "1")], &["a_block_that_the_runner_does_not_know_is_a_failure:4", "its language"]);
    fails(&[("jl", "1")], &["\"jl\" needs `file=`"]);
    fails(&[("julia,needs=luck", "1")], &["`needs=luck` is not known"]);
    fails(&[("julia,frame", "1")], &["`frame` is not known"]);
    fails(&[("text,file=../a", "1")], &["name of a file"]);
    fails(&[("sh,elsewhere=nowhere", "1")], &["\"nowhere\" is no suite"]);
    fails(&[("output", "1")], &["no block before"]);
    fails(&[("text,file=a", "1"), ("output", "1")], &["prints nothing"]);
    let indented = report(&set_up(), "A page\n\n    code\n");
    assert_eq!(indented.failures.len(), 1);
}
