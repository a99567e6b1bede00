/* What the library does to its process: signals that aren't wasm's. */
#include "check.h"
#include <setjmp.h>
#include <signal.h>

static sigjmp_buf recovery;
static volatile sig_atomic_t faults;

static void on_fault(int signal) {
  (void)signal;
  faults++;
  siglongjmp(recovery, 1);
}

static const char *TRAPS = "(module (func (export \"f\") (param i32) (result i32)"
                           "  (i32.div_s (i32.const 1) (local.get 0))))";

static void expect_division_trap(void) {
  world_t world = new_world(TRAPS);
  safewasm_extern_t func = get_export(world.instance, "f");
  safewasm_slot_t slot = {.i32 = 0};
  FAILS(safewasm_func_call_slots(func.of.func, &slot, 1), TRAP, "divide by zero");
  safewasm_extern_delete(&func);
  delete_world(world);
}

TEST(faults_of_the_program_still_reach_its_own_handler) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_fault;
  sigaction(SIGSEGV, &action, NULL);
  /* The library's handlers come after the program's, and pass on what isn't wasm's. */
  expect_division_trap();
  int *volatile nowhere = NULL;
  for (int round = 0; round < 3; round++) {
    if (sigsetjmp(recovery, 1) == 0) *nowhere = 1;
    expect_division_trap();
  }
  CHECK(faults == 3);
}

int main(void) {
  RUN_NATIVELY(faults_of_the_program_still_reach_its_own_handler);
  return finish("process");
}
