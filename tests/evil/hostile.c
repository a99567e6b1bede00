/* Writes a module, in the text format, that calls each function of WASI with arguments that nobody expects: null and
   the largest addresses, lengths beyond the memory, descriptors that aren't open, all flags. Each call of `run` makes
   one of these calls. */
#include <stdio.h>
#include <string.h>

/* The functions with their parameters: `i` for 32 bits, `l` for 64. */
static const char *const FUNCTIONS[][2] = {
    {"args_get", "ii"}, {"args_sizes_get", "ii"}, {"environ_get", "ii"}, {"environ_sizes_get", "ii"},
    {"clock_res_get", "ii"}, {"clock_time_get", "ili"}, {"fd_advise", "illi"}, {"fd_allocate", "ill"},
    {"fd_close", "i"}, {"fd_datasync", "i"}, {"fd_fdstat_get", "ii"}, {"fd_fdstat_set_flags", "ii"},
    {"fd_fdstat_set_rights", "ill"}, {"fd_filestat_get", "ii"}, {"fd_filestat_set_size", "il"},
    {"fd_filestat_set_times", "illi"}, {"fd_pread", "iiili"}, {"fd_prestat_get", "ii"},
    {"fd_prestat_dir_name", "iii"}, {"fd_pwrite", "iiili"}, {"fd_read", "iiii"}, {"fd_readdir", "iiili"},
    {"fd_renumber", "ii"}, {"fd_seek", "ilii"}, {"fd_sync", "i"}, {"fd_tell", "ii"}, {"fd_write", "iiii"},
    {"path_create_directory", "iii"}, {"path_filestat_get", "iiiii"}, {"path_filestat_set_times", "iiiilli"},
    {"path_link", "iiiiiii"}, {"path_open", "iiiiillii"}, {"path_readlink", "iiiiii"},
    {"path_remove_directory", "iii"}, {"path_rename", "iiiiii"}, {"path_symlink", "iiiii"},
    {"path_unlink_file", "iii"}, {"poll_oneoff", "iiii"}, {"proc_exit", "i"}, {"proc_raise", "i"},
    {"sched_yield", ""}, {"random_get", "ii"}, {"sock_accept", "iii"}, {"sock_recv", "iiiiii"},
    {"sock_send", "iiiii"}, {"sock_shutdown", "ii"},
};
enum { FUNCTIONS_LEN = sizeof FUNCTIONS / sizeof *FUNCTIONS, PATTERNS = 36 };

static const char *const NARROW[] = {"0", "-1", "3", "65535", "4", "0x7fffffff", "65528", "1", "0x80000000"};
static const char *const WIDE[] = {"0", "-1", "1", "0x7fffffffffffffff", "0x8000000000000000"};

int main(void) {
  printf(";; Calls each function of WASI with arguments that nobody expects, one with each call of `run`.\n(module\n");
  for (size_t i = 0; i < FUNCTIONS_LEN; i++) {
    printf("  (import \"wasi_snapshot_preview1\" \"%s\" (func $%s", FUNCTIONS[i][0], FUNCTIONS[i][0]);
    for (const char *at = FUNCTIONS[i][1]; *at != 0; at++) printf(" (param %s)", *at == 'i' ? "i32" : "i64");
    printf("%s))\n", strcmp(FUNCTIONS[i][0], "proc_exit") == 0 ? "" : " (result i32)");
  }
  printf("  (memory (export \"memory\") 1)\n  (global $next (mut i32) (i32.const -1))\n");
  printf("  (table %d funcref)\n  (type $case (func (result i32)))\n", FUNCTIONS_LEN * PATTERNS);
  for (size_t n = 0; n < FUNCTIONS_LEN * PATTERNS; n++) {
    const char *const *function = FUNCTIONS[n / PATTERNS];
    printf("  (elem (i32.const %zu) func $c%zu) (func $c%zu (result i32) (call $%s", n, n, n, function[0]);
    for (size_t i = 0; function[1][i] != 0; i++) {
      const size_t pattern = n % PATTERNS, index = pattern % 9 + i * (pattern / 9);
      if (function[1][i] == 'i') printf(" (i32.const %s)", NARROW[index % 9]);
      else printf(" (i64.const %s)", WIDE[index % 5]);
    }
    printf(")%s)\n", strcmp(function[0], "proc_exit") == 0 ? " (i32.const 0)" : "");
  }
  printf("  (func (export \"run\") (result i32)\n"
         "    (global.set $next (i32.add (global.get $next) (i32.const 1)))\n"
         "    (call_indirect (type $case) (global.get $next)))\n"
         "  (func (export \"_start\")))\n");
  return 0;
}
