// C++ programs: exceptions that stay inside a host function, and one that doesn't.
#include "check.h"
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

static safewasm_error_t *catch_inside(void *, safewasm_caller_t *, safewasm_slot_t *, size_t) {
  try {
    throw std::runtime_error("out of paper");
  } catch (const std::exception &exception) {
    const std::string what = exception.what();
    safewasm_error_t *error;
    OK(safewasm_error_new(what.data(), what.size(), nullptr, nullptr, nullptr, &error));
    return error;
  }
}

static safewasm_error_t *throw_out(void *, safewasm_caller_t *, safewasm_slot_t *, size_t) {
  throw std::runtime_error("out of the host function");
}

// Calls, through wasm, a host function with that callback.
static safewasm_error_t *call(safewasm_slot_callback_t callback) {
  world_t world = new_world("(module)");
  safewasm_functype_t *type;
  safewasm_extern_t func = {};
  safewasm_instance_t *instance;
  OK(safewasm_functype_new(world.engine, nullptr, 0, nullptr, 0, &type));
  func.kind = SAFEWASM_EXTERN_FUNC;
  OK(safewasm_func_new_slots(world.store, type, callback, nullptr, nullptr, &func.of.func));
  safewasm_module_t *module = new_module(
      world.engine, "(module (import \"\" \"f\" (func $f)) (func (export \"g\") (call $f)))");
  OK(safewasm_instance_new(world.store, module, &func, 1, &instance));
  safewasm_extern_t g = get_export(instance, "g");
  safewasm_error_t *error = safewasm_func_call_slots(g.of.func, nullptr, 0);
  safewasm_extern_delete(&g);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_extern_delete(&func);
  safewasm_functype_delete(type);
  delete_world(world);
  return error;
}

TEST(an_exception_that_a_host_function_catches_becomes_an_error) {
  FAILS(call(catch_inside), HOST, "out of paper");
}

TEST(an_exception_that_leaves_a_host_function_ends_the_process_with_a_message) {
  int out[2];
  char said[400] = {};
  CHECK(pipe(out) == 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(out[1], 2);
    try {
      safewasm_error_delete(call(throw_out));
    } catch (const std::exception &) {
    }
    _exit(0);
  }
  close(out[1]);
  int status;
  waitpid(child, &status, 0);
  CHECK(read(out[0], said, sizeof said - 1) > 0);
  CHECK(WIFSIGNALED(status) && strstr(said, "must return") != nullptr);
  close(out[0]);
}

int main() {
  // First, as a child process has none of the threads that compile.
  RUN_NATIVELY(an_exception_that_leaves_a_host_function_ends_the_process_with_a_message);
  RUN(an_exception_that_a_host_function_catches_becomes_an_error);
  return finish("exceptions");
}
