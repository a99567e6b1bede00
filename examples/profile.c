/*
 * A profile of wasm: which function the time goes to. With a file name as its argument, the program writes the
 * profile there, as JSON that https://profiler.firefox.com opens.
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  exit(1);
}

static const char *MODULE =
    "(module $guest"
    "  (func $count (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"
    "  (func $run (export \"run\") (call $count (i32.const 100000000))))";

/* Prints the function that was the innermost one for the longest time. */
static void print_hottest(safewasm_profile_t *profile) {
  safewasm_profile_data_t data;
  uint64_t most = 0;
  const char *hottest = "none";
  check(safewasm_profile_data(profile, &data));
  uint64_t *weights = calloc(data.frames_len, sizeof *weights);
  if (weights == NULL) exit(1);
  for (size_t i = 0; i < data.samples_len; i++) {
    const safewasm_sample_t *sample = &data.samples[i];
    if (sample->stack_len == 0) continue;
    uint32_t frame = data.stacks[sample->stack];
    weights[frame] += sample->weight;
    if (weights[frame] > most) {
      most = weights[frame];
      hottest = data.frames[frame].func_name.data;
      if (hottest == NULL) hottest = "a function without a name";
    }
  }
  printf("most of the time went to: %s\n", hottest);
  free(weights);
}

static void write_json(safewasm_profile_t *profile, const char *name) {
  safewasm_bytes_t *bytes;
  const uint8_t *data;
  size_t len;
  check(safewasm_profile_firefox(profile, &bytes));
  check(safewasm_bytes_data(bytes, &data, &len));
  FILE *file = fopen(name, "wb");
  if (file == NULL || fwrite(data, 1, len, file) != len || fclose(file) != 0) {
    perror(name);
    exit(1);
  }
  safewasm_bytes_delete(bytes);
}

int main(int argc, char **argv) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_func_t *run;
  safewasm_profile_t *profile;

  check(safewasm_config_new(&config));
  check(safewasm_config_set_epoch_interruption(config, true));
  check(safewasm_engine_new(config, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_text(engine, MODULE, SAFEWASM_STRLEN, &module));
  check(safewasm_instance_new(store, module, NULL, 0, &instance));
  check(safewasm_instance_func(instance, "run", SAFEWASM_STRLEN, &run));

  check(safewasm_store_profile_start(store, 0, 0));
  check(safewasm_func_call_slots(run, NULL, 0));
  check(safewasm_store_profile_stop(store, &profile));

  print_hottest(profile);
  if (argc > 1) write_json(profile, argv[1]);

  safewasm_profile_delete(profile);
  safewasm_store_delete(store);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  return 0;
}
