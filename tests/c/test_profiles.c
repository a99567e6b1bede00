/* Profiles of wasm. Their formats are tested in src/store/profile/tests.rs. */
#include "check.h"

static safewasm_engine_t *engine_with(bool epochs, uint64_t backtrace_frames) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_epoch_interruption(config, epochs));
  OK(safewasm_config_set_option(config, SAFEWASM_OPTION_BACKTRACE_FRAMES, backtrace_frames));
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

/* A store with an instance that imports the host functions `busy` and `call`. */
typedef struct {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_linker_t *linker;
  safewasm_instance_t *instance;
} guest_t;

static const char *GUEST =
    "(module $guest (import \"\" \"busy\" (func $busy)) (import \"\" \"call\" (func $call))"
    "  (func $loop (export \"loop\") (param $n i32)"
    "    (loop (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))"
    "  (func $outer (export \"outer\") (param $n i32) (call $loop (local.get $n)))"
    "  (func $waits (export \"waits\") (param i32) (call $busy))"
    "  (func $nests (export \"nests\") (param i32) (call $call))"
    "  (func $deep (param $depth i32) (param $n i32)"
    "    (if (local.get $depth)"
    "      (then (call $deep (i32.sub (local.get $depth) (i32.const 1)) (local.get $n)))"
    "      (else (call $loop (local.get $n)))))"
    "  (func (export \"deep\") (param $n i32) (call $deep (i32.const 300) (local.get $n))))";

static safewasm_error_t *call_with(safewasm_instance_t *instance, const char *name, int32_t n) {
  safewasm_func_t *func;
  safewasm_slot_t slot = {.i32 = n};
  OK(safewasm_instance_func(instance, name, SAFEWASM_STRLEN, &func));
  safewasm_error_t *error = safewasm_func_call_slots(func, &slot, 1);
  safewasm_func_delete(func);
  return error;
}

/* Runs until the ticker has counted intervals, as a host function that takes long. */
static safewasm_error_t *busy(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots, size_t slots_len) {
  (void)env, (void)caller, (void)slots, (void)slots_len;
  usleep(20000);
  return NULL;
}

static safewasm_error_t *call_loop(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                   size_t slots_len) {
  (void)caller, (void)slots, (void)slots_len;
  return call_with(*(safewasm_instance_t **)env, "outer", 20000000);
}

static void new_guest(guest_t *guest, safewasm_engine_t *engine, const char *text) {
  safewasm_functype_t *type;
  guest->engine = engine;
  OK(safewasm_store_new(engine, &guest->store));
  OK(safewasm_functype_new(engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_linker_new(engine, &guest->linker));
  OK(safewasm_linker_define_func_slots(guest->linker, "", 0, "busy", 4, type, busy, NULL, NULL));
  OK(safewasm_linker_define_func_slots(guest->linker, "", 0, "call", 4, type, call_loop, &guest->instance, NULL));
  safewasm_module_t *module = new_module(engine, text);
  OK(safewasm_linker_instantiate(guest->linker, guest->store, module, &guest->instance));
  safewasm_module_delete(module);
  safewasm_functype_delete(type);
}

static void delete_guest(guest_t *guest) {
  safewasm_instance_delete(guest->instance);
  safewasm_linker_delete(guest->linker);
  safewasm_store_delete(guest->store);
  safewasm_engine_delete(guest->engine);
}

/* A profile of calls, which are made until it has samples. */
static safewasm_profile_t *profile_of(guest_t *guest, const char *name, safewasm_profile_data_t *data) {
  safewasm_profile_t *profile = NULL;
  for (int32_t n = 20000000; n > 0; n *= 2) {
    OK(safewasm_store_profile_start(guest->store, 100000, 0));
    OK(call_with(guest->instance, name, n));
    OK(safewasm_store_profile_stop(guest->store, &profile));
    OK(safewasm_profile_data(profile, data));
    if (data->samples_len >= 3) return profile;
    safewasm_profile_delete(profile);
    if (n > 1 << 29) break;
  }
  CHECK(!"the call was sampled");
  return NULL;
}

/* Whether a sample has functions of these names, the innermost first. */
static bool has_stack(const safewasm_profile_data_t *data, const char *const *names, size_t names_len) {
  for (size_t i = 0; i < data->samples_len; i++) {
    const safewasm_sample_t sample = data->samples[i];
    bool is_same = sample.stack_len == names_len;
    for (size_t j = 0; is_same && j < names_len; j++) {
      const safewasm_frame_t frame = data->frames[data->stacks[sample.stack + j]];
      is_same = frame.func_name.data != NULL && strcmp(frame.func_name.data, names[j]) == 0;
    }
    if (is_same) return true;
  }
  return false;
}
#define HAS_STACK(data, ...) \
  has_stack((data), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

TEST(a_loop_without_calls_is_sampled_with_the_functions_around_it) {
  guest_t guest;
  safewasm_profile_data_t data;
  new_guest(&guest, engine_with(true, 100), GUEST);
  safewasm_profile_t *profile = profile_of(&guest, "outer", &data);
  CHECK(HAS_STACK(&data, "loop", "outer"));
  CHECK(data.interval == 100000 && data.duration > 0 && data.dropped == 0);
  CHECK(data.frames[0].func_index == UINT32_MAX && data.frames[1].func_index == UINT32_MAX);
  for (size_t i = 0; i < data.samples_len; i++) {
    const safewasm_sample_t sample = data.samples[i];
    CHECK(sample.weight > 0 && sample.time <= data.duration && (i == 0 || sample.time >= data.samples[i - 1].time));
    CHECK(sample.stack + sample.stack_len <= data.stacks_len);
  }
  for (size_t i = 0; i < data.stacks_len; i++) CHECK(data.stacks[i] < data.frames_len);
  /* The data outlive the store. */
  delete_guest(&guest);
  CHECK(HAS_STACK(&data, "loop", "outer") && strcmp(data.frames[2].module_name.data, "guest") == 0);
  safewasm_profile_delete(profile);
  CHECK(!safewasm_profile_is_valid(profile));
  FAILS(safewasm_profile_data(profile, &data), INVALID_HANDLE, "`profile`");
  CHECK(data.samples == NULL && data.samples_len == 0);
}

TEST(time_in_a_host_function_has_a_frame_of_its_own) {
  guest_t guest;
  safewasm_profile_data_t data;
  new_guest(&guest, engine_with(true, 100), GUEST);
  OK(safewasm_store_profile_start(guest.store, 100000, 0));
  safewasm_profile_t *profile;
  for (int i = 0; i < 5; i++) OK(call_with(guest.instance, "waits", 0));
  usleep(20000); /* between calls: not in the profile */
  OK(safewasm_store_profile_stop(guest.store, &profile));
  OK(safewasm_profile_data(profile, &data));
  CHECK(HAS_STACK(&data, "(host function)", "waits"));
  uint64_t weight = 0;
  for (size_t i = 0; i < data.samples_len; i++) weight += data.samples[i].weight;
  CHECK(weight * data.interval <= data.duration - 20000000);
  safewasm_profile_delete(profile);

  /* Wasm that a host function calls has the functions of both calls. */
  profile = profile_of(&guest, "nests", &data);
  CHECK(HAS_STACK(&data, "loop", "outer", "nests"));
  safewasm_profile_delete(profile);
  delete_guest(&guest);
}

/* Each call checks only when it begins. */
TEST(calls_that_are_shorter_than_an_interval_are_sampled) {
  guest_t guest;
  safewasm_profile_data_t data = {0};
  safewasm_profile_t *profile;
  safewasm_func_t *func;
  safewasm_slot_t slot;
  new_guest(&guest, engine_with(true, 100), "(module (func $short (export \"short\") (param i32)))");
  OK(safewasm_instance_func(guest.instance, "short", SAFEWASM_STRLEN, &func));
  for (int n = 100000; n < 1 << 29 && data.samples_len == 0; n *= 2) {
    OK(safewasm_store_profile_start(guest.store, 100000, 0));
    for (int i = 0; i < n; i++) OK(safewasm_func_call_slots(func, &slot, 1));
    OK(safewasm_store_profile_stop(guest.store, &profile));
    OK(safewasm_profile_data(profile, &data));
    CHECK(data.samples_len == 0 || HAS_STACK(&data, "short"));
    safewasm_profile_delete(profile);
  }
  CHECK(data.samples_len > 0);
  safewasm_func_delete(func);
  delete_guest(&guest);
}

TEST(a_deep_stack_is_cut_and_says_so) {
  guest_t guest;
  safewasm_profile_data_t data;
  new_guest(&guest, engine_with(true, 3), GUEST);
  safewasm_profile_t *profile = profile_of(&guest, "deep", &data);
  CHECK(HAS_STACK(&data, "loop", "deep", "deep", "(outer functions, left out)"));
  safewasm_profile_delete(profile);
  delete_guest(&guest);
}

TEST(samples_beyond_the_maximum_are_counted) {
  guest_t guest;
  safewasm_profile_data_t data = {0};
  safewasm_profile_t *profile;
  new_guest(&guest, engine_with(true, 100), GUEST);
  for (int32_t n = 100000000; n > 0 && data.dropped == 0; n *= 2) {
    OK(safewasm_store_profile_start(guest.store, 100000, 1));
    OK(call_with(guest.instance, "outer", n));
    OK(safewasm_store_profile_stop(guest.store, &profile));
    OK(safewasm_profile_data(profile, &data));
    CHECK(data.samples_len <= 1);
    safewasm_profile_delete(profile);
    if (n > 1 << 29) break;
  }
  CHECK(data.dropped > 0);
  delete_guest(&guest);
}

/* Names that are long, that would take a demangler for ever, and that would forge lines. */
TEST(hostile_names_stay_short_and_as_they_are) {
  guest_t guest;
  safewasm_profile_data_t data;
  safewasm_bytes_t *bytes;
  const uint8_t *written;
  size_t len;
  text_t text = {NULL, 0, 0};
  put(&text, "(module (func $\"_ZN");
  put_many(&text, "4abcdISt4pairI", 6000);
  put(&text, "\" (export \"run\") (param i32) (call 1 (local.get 0)))"
             " (func $\"one;two\\nthree 7\" (param i32)"
             "   (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))");
  new_guest(&guest, engine_with(true, 100), text.data);
  safewasm_profile_t *profile = profile_of(&guest, "run", &data);
  for (size_t i = 0; i < data.frames_len; i++) CHECK(data.frames[i].func_name.len <= 1000);
  OK(safewasm_profile_collapsed(profile, &bytes));
  OK(safewasm_bytes_data(bytes, &written, &len));
  CHECK(len < 1000 && memcmp(written, "_ZN4abcdISt4pairI", 17) == 0);
  CHECK(memchr(written, '\n', len) == written + len - 1);
  safewasm_bytes_delete(bytes);
  OK(safewasm_profile_firefox(profile, &bytes));
  OK(safewasm_bytes_data(bytes, &written, &len));
  CHECK(len > 100 && memchr(written, '\n', len) == NULL);
  safewasm_bytes_delete(bytes);
  safewasm_profile_delete(profile);
  delete_guest(&guest);
  free(text.data);
}

TEST(a_profile_is_recorded_once_at_a_time_and_with_settings_in_range) {
  guest_t guest;
  safewasm_profile_t *profile;
  new_guest(&guest, engine_with(true, 100), GUEST);
  FAILS(safewasm_store_profile_stop(guest.store, &profile), NOT_FOUND, "no profile of `store` is recorded");
  CHECK(profile == NULL);
  FAILS(safewasm_store_profile_start(guest.store, 99999, 0), INVALID_ARGUMENT,
        "`interval` is 99999; it must be at least 100000");
  FAILS(safewasm_store_profile_start(guest.store, 0, 10000001), INVALID_ARGUMENT,
        "`max_samples` is 10000001; it must be at most 10000000");
  OK(safewasm_store_profile_start(guest.store, UINT64_MAX, SIZE_MAX >> 60));
  FAILS(safewasm_store_profile_start(guest.store, 0, 0), INVALID_ARGUMENT,
        "a profile of `store` is recorded already");
  OK(safewasm_store_profile_stop(guest.store, &profile));
  safewasm_profile_delete(profile);
  OK(safewasm_store_profile_start(guest.store, 0, 0));
  OK(call_with(guest.instance, "outer", 1));
  /* The store is deleted, and its profile with it. */
  delete_guest(&guest);
  FAILS(safewasm_store_profile_stop(guest.store, &profile), INVALID_HANDLE, "`store`");
}

TEST(an_engine_that_cannot_be_sampled_says_which_setting_it_needs) {
  guest_t guest;
  new_guest(&guest, engine_with(false, 100), GUEST);
  FAILS(safewasm_store_profile_start(guest.store, 0, 0), UNSUPPORTED, "`safewasm_config_set_epoch_interruption`");
  delete_guest(&guest);
  new_guest(&guest, engine_with(true, 0), GUEST);
  FAILS(safewasm_store_profile_start(guest.store, 0, 0), UNSUPPORTED, "SAFEWASM_OPTION_BACKTRACE_FRAMES");
  delete_guest(&guest);
}

int main(void) {
  RUN(a_loop_without_calls_is_sampled_with_the_functions_around_it);
  RUN(time_in_a_host_function_has_a_frame_of_its_own);
  RUN(calls_that_are_shorter_than_an_interval_are_sampled);
  RUN(a_deep_stack_is_cut_and_says_so);
  RUN(samples_beyond_the_maximum_are_counted);
  RUN(hostile_names_stay_short_and_as_they_are);
  RUN(a_profile_is_recorded_once_at_a_time_and_with_settings_in_range);
  RUN(an_engine_that_cannot_be_sampled_says_which_setting_it_needs);
  return finish("profiles");
}
