/* The pointer that a program attaches to a store. */
#include "check.h"
#include <pthread.h>

static void count(void *env) { ++*(int *)env; }

/* The pointer attached to a store. */
static void *data_of(safewasm_store_t *store) {
  void *data = &data;
  OK(safewasm_store_data(store, &data));
  return data;
}

TEST(a_store_has_no_data_at_first) {
  world_t world = new_world("(module)");
  CHECK(data_of(world.store) == NULL);
  delete_world(world);
}

TEST(data_is_finalized_once_after_other_data_takes_its_place) {
  world_t world = new_world("(module)");
  int first = 0, second = 0;
  OK(safewasm_store_set_data(world.store, &first, count));
  CHECK(data_of(world.store) == &first && first == 0);
  OK(safewasm_store_set_data(world.store, &second, count));
  CHECK(data_of(world.store) == &second && first == 1 && second == 0);
  OK(safewasm_store_set_data(world.store, NULL, NULL));
  CHECK(data_of(world.store) == NULL && first == 1 && second == 1);
  delete_world(world);
  CHECK(first == 1 && second == 1);
}

TEST(the_same_pointer_in_its_own_place_is_finalized_each_time) {
  world_t world = new_world("(module)");
  int data = 0;
  OK(safewasm_store_set_data(world.store, &data, count));
  OK(safewasm_store_set_data(world.store, &data, count));
  CHECK(data == 1);
  delete_world(world);
  CHECK(data == 2);
}

TEST(data_is_finalized_once_with_its_store) {
  world_t world = new_world("(module)");
  int data = 0;
  OK(safewasm_store_set_data(world.store, &data, count));
  safewasm_store_delete(world.store);
  CHECK(data == 1);
  delete_world(world);
  CHECK(data == 1);
}

TEST(each_store_has_its_own_data) {
  world_t a = new_world("(module)"), b = new_world("(module)");
  int data[2] = {0, 0};
  OK(safewasm_store_set_data(a.store, &data[0], count));
  OK(safewasm_store_set_data(b.store, &data[1], count));
  CHECK(data_of(a.store) == &data[0] && data_of(b.store) == &data[1]);
  delete_world(a);
  CHECK(data[0] == 1 && data[1] == 0 && data_of(b.store) == &data[1]);
  delete_world(b);
  CHECK(data[1] == 1);
}

TEST(data_that_no_store_takes_is_finalized_at_once) {
  world_t world = new_world("(module)");
  int data = 0, not_read = 0;
  void *none = &not_read;
  FAILS(safewasm_store_set_data(NULL, &data, count), NULL_POINTER, "`store`");
  CHECK(data == 1);
  safewasm_store_delete(world.store);
  FAILS(safewasm_store_set_data(world.store, &data, count), INVALID_HANDLE, "`store`");
  CHECK(data == 2);
  FAILS(safewasm_store_data(world.store, &none), INVALID_HANDLE, "`store`");
  CHECK(none == NULL);
  FAILS(safewasm_store_data(world.store, NULL), NULL_POINTER, "`data_out`");
  delete_world(world);
  CHECK(data == 2);
}

/* A finalizer that enters the store, which the library must have left by then. */
static void use_store(void *env) {
  CHECK(data_of(*(safewasm_store_t **)env) == NULL);
  *(safewasm_store_t **)env = NULL;
}

TEST(a_finalizer_may_enter_the_store) {
  world_t world = new_world("(module)");
  safewasm_store_t *store = world.store;
  OK(safewasm_store_set_data(world.store, &store, use_store));
  OK(safewasm_store_set_data(world.store, NULL, NULL));
  CHECK(store == NULL);
  delete_world(world);
}

TEST(data_lives_as_long_as_a_view_keeps_the_memories_of_the_store) {
  world_t world = new_world("(module (memory (export \"memory\") 1))");
  safewasm_memory_t *memory = NULL;
  safewasm_view_t *view = NULL;
  const safewasm_cell_t *cell = NULL;
  int data = 0;
  OK(safewasm_instance_memory(world.instance, "memory", SAFEWASM_STRLEN, &memory));
  OK(safewasm_memory_view(memory, &view, &cell));
  OK(safewasm_store_set_data(world.store, &data, count));
  safewasm_memory_delete(memory);
  delete_world(world);
  CHECK(data == 0);
  safewasm_view_delete(view);
  CHECK(data == 1);
}

static safewasm_caller_t *gone;

/* Host function: looks at the data of its store, replaces it, and looks again. */
static safewasm_error_t *replace(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                 size_t slots_len) {
  (void)slots, (void)slots_len;
  int *data = (int *)env;
  safewasm_store_t *store = NULL;
  void *found = NULL;
  gone = caller;
  OK(safewasm_caller_store(caller, &store));
  OK(safewasm_caller_data(caller, &found));
  CHECK(found == &data[0] && data_of(store) == &data[0]);
  OK(safewasm_store_set_data(store, &data[1], count));
  OK(safewasm_caller_data(caller, &found));
  CHECK(found == &data[1] && data[0] == 1 && data[1] == 0);
  FAILS(safewasm_caller_data(caller, NULL), NULL_POINTER, "`data_out`");
  return NULL;
}

TEST(a_host_function_finds_the_data_of_its_store_and_may_replace_it) {
  world_t world = new_world("(module)");
  safewasm_functype_t *type = NULL;
  safewasm_func_t *func = NULL;
  int data[2] = {0, 0};
  void *found = data;
  OK(safewasm_functype_new_text(world.engine, "() -> ()", SAFEWASM_STRLEN, &type));
  OK(safewasm_func_new_slots(world.store, type, replace, data, NULL, &func));
  OK(safewasm_store_set_data(world.store, &data[0], count));
  OK(safewasm_func_call_slots(func, NULL, 0));
  CHECK(data_of(world.store) == &data[1]);
  FAILS(safewasm_caller_data(gone, &found), INVALID_HANDLE, "`caller`");
  CHECK(found == NULL);
  safewasm_func_delete(func);
  safewasm_functype_delete(type);
  delete_world(world);
  CHECK(data[0] == 1 && data[1] == 1);
}

/* Host function: deletes its own store, whose data lives until the call has ended. */
static safewasm_error_t *delete_store(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                      size_t slots_len) {
  (void)slots, (void)slots_len;
  safewasm_store_t *store = NULL;
  void *found = NULL;
  OK(safewasm_caller_store(caller, &store));
  safewasm_store_delete(store);
  OK(safewasm_caller_data(caller, &found));
  CHECK(found == env && *(int *)env == 0);
  return NULL;
}

TEST(data_outlives_the_host_function_that_deletes_the_store) {
  world_t world = new_world("(module)");
  safewasm_functype_t *type = NULL;
  safewasm_func_t *func = NULL;
  int data = 0;
  OK(safewasm_functype_new_text(world.engine, "() -> ()", SAFEWASM_STRLEN, &type));
  OK(safewasm_func_new_slots(world.store, type, delete_store, &data, NULL, &func));
  OK(safewasm_store_set_data(world.store, &data, count));
  safewasm_error_delete(safewasm_func_call_slots(func, NULL, 0));
  CHECK(data == 1);
  safewasm_functype_delete(type);
  delete_world(world);
  CHECK(data == 1);
}

static void *use_on_thread(void *env) {
  void **both = (void **)env;
  CHECK(data_of((safewasm_store_t *)both[0]) == both[1]);
  OK(safewasm_store_set_data((safewasm_store_t *)both[0], NULL, NULL));
  return NULL;
}

TEST(data_moves_between_threads_with_its_store) {
  world_t world = new_world("(module)");
  int data = 0;
  void *both[2] = {world.store, &data};
  pthread_t thread;
  OK(safewasm_store_set_data(world.store, &data, count));
  CHECK(pthread_create(&thread, NULL, use_on_thread, both) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(data == 1);
  delete_world(world);
}

int main(void) {
  RUN(a_store_has_no_data_at_first);
  RUN(data_is_finalized_once_after_other_data_takes_its_place);
  RUN(the_same_pointer_in_its_own_place_is_finalized_each_time);
  RUN(data_is_finalized_once_with_its_store);
  RUN(each_store_has_its_own_data);
  RUN(data_that_no_store_takes_is_finalized_at_once);
  RUN(a_finalizer_may_enter_the_store);
  RUN(data_lives_as_long_as_a_view_keeps_the_memories_of_the_store);
  RUN(a_host_function_finds_the_data_of_its_store_and_may_replace_it);
  RUN(data_outlives_the_host_function_that_deletes_the_store);
  RUN(data_moves_between_threads_with_its_store);
  return finish("data");
}
