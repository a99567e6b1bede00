/* Components and host functions that misuse resources. */
#include "resources.h"
#include <pthread.h>
#include <unistd.h>

/* A component that imports a resource `file` of the program, and does forbidden things with files. */
static const char GUEST[] =
    "(component"
    "  (import \"file\" (type $file (sub resource)))"
    "  (import \"touch\" (func $touch (param \"f\" (borrow $file))))"
    "  (import \"swap\" (func $swap (param \"f\" (own $file)) (result (own $file))))"
    "  (core func $touch' (canon lower (func $touch)))"
    "  (core func $swap' (canon lower (func $swap)))"
    "  (core func $drop (canon resource.drop $file))"
    "  (core module $m"
    "    (import \"\" \"touch\" (func $touch (param i32)))"
    "    (import \"\" \"swap\" (func $swap (param i32) (result i32)))"
    "    (import \"\" \"drop\" (func $drop (param i32)))"
    "    (memory (export \"memory\") 1)"
    "    (func (export \"touch\") (param i32) (call $touch (local.get 0)) (call $drop (local.get 0)))"
    "    (func (export \"swap\") (param i32) (result i32) (call $swap (local.get 0)))"
    "    (func (export \"bad-index\") (call $touch (i32.const 12345)))"
    "    (func (export \"bad-drop\") (call $drop (i32.const 12345)))"
    "    (func (export \"drop-twice\") (param i32) (call $drop (local.get 0)) (call $drop (local.get 0)))"
    "    (func (export \"use-dropped\") (param i32) (call $drop (local.get 0)) (call $touch (local.get 0)))"
    "    (func (export \"give-borrowed\") (param i32) (drop (call $swap (local.get 0))))"
    "    (func (export \"same\") (param i32) (result i32) (local.get 0))"
    "    (func (export \"twice\") (param i32) (result i32)"
    "      (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 0))"
    "      (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 2))"
    "      (i32.const 0)))"
    "  (core instance $i (instantiate $m (with \"\" (instance"
    "    (export \"touch\" (func $touch')) (export \"swap\" (func $swap')) (export \"drop\" (func $drop))))))"
    "  (func (export \"touch\") (param \"f\" (borrow $file)) (canon lift (core func $i \"touch\")))"
    "  (func (export \"touch-own\") (param \"f\" (own $file)) (canon lift (core func $i \"touch\")))"
    "  (func (export \"swap\") (param \"f\" (own $file)) (result (own $file)) (canon lift (core func $i \"swap\")))"
    "  (func (export \"bad-index\") (canon lift (core func $i \"bad-index\")))"
    "  (func (export \"bad-drop\") (canon lift (core func $i \"bad-drop\")))"
    "  (func (export \"drop-twice\") (param \"f\" (own $file)) (canon lift (core func $i \"drop-twice\")))"
    "  (func (export \"use-dropped\") (param \"f\" (own $file)) (canon lift (core func $i \"use-dropped\")))"
    "  (func (export \"give-borrowed\") (param \"f\" (borrow $file)) (canon lift (core func $i \"give-borrowed\")))"
    "  (func (export \"return-borrowed\") (param \"f\" (borrow $file)) (result (own $file))"
    "    (canon lift (core func $i \"same\")))"
    "  (func (export \"twice\") (param \"f\" (own $file)) (result (list (own $file)))"
    "    (canon lift (core func $i \"twice\") (memory (core memory $i \"memory\")))))";

typedef struct scene scene_t;
typedef safewasm_error_t *(*deed_t)(scene_t *scene, safewasm_caller_t *caller, safewasm_resource_t *resource);

/* A store with two instances of the component. The host functions and the destructor do what the deeds say. */
struct scene {
  host_t host, other;
  safewasm_componentlinker_t *linker;
  safewasm_resourcetype_t *type;
  int made, finalized, destroyed;
  deed_t touches, swaps, destroys;
  safewasm_resource_t *extra;
  safewasm_store_t *deleted;
};

static void finalize(void *data) {
  scene_t *scene = data;
  scene->finalized++;
  /* A finalizer may delete other resources, and the store. */
  safewasm_resource_delete(scene->extra);
  safewasm_store_delete(scene->deleted);
}

static safewasm_resource_t *new_file_in(scene_t *scene, safewasm_store_t *store) {
  safewasm_resource_t *resource = NULL;
  scene->made++;
  OK(safewasm_resource_new(store, scene->type, scene, finalize, &resource));
  return resource;
}

static safewasm_resource_t *new_file(scene_t *scene) { return new_file_in(scene, scene->host.store); }

static safewasm_error_t *touch(void *env, safewasm_caller_t *caller, const safewasm_node_t *args, size_t len) {
  scene_t *scene = env;
  CHECK(len == 1 && args[0].kind == SAFEWASM_WIT_BORROW);
  return scene->touches == NULL ? NULL : scene->touches(scene, caller, args[0].of.resource);
}

static safewasm_error_t *swap(void *env, safewasm_caller_t *caller, const safewasm_node_t *args, size_t len) {
  scene_t *scene = env;
  CHECK(len == 1 && args[0].kind == SAFEWASM_WIT_OWN);
  if (scene->swaps != NULL) return scene->swaps(scene, caller, args[0].of.resource);
  safewasm_node_t result = OWN(args[0].of.resource);
  return safewasm_caller_return(caller, &result, 1);
}

static safewasm_error_t *destroy(void *env, void *data) {
  scene_t *scene = env;
  CHECK(data == env);
  scene->destroyed++;
  return scene->destroys == NULL ? NULL : scene->destroys(scene, NULL, NULL);
}

static void define(scene_t *scene, const char *name, safewasm_component_callback_t callback) {
  size_t len = 0;
  safewasm_text_t found;
  OK(safewasm_component_imports_len(scene->host.component, &len));
  for (size_t i = 0; i < len; i++) {
    safewasm_wittype_t *type = NULL;
    OK(safewasm_component_import(scene->host.component, i, &found, &type));
    if (strcmp(found.data, name) == 0) {
      OK(safewasm_componentlinker_define_func(scene->linker, NULL, 0, name, SAFEWASM_STRLEN, type, callback, scene,
                                              NULL));
    }
    safewasm_wittype_delete(type);
  }
}

static void begin(scene_t *scene) {
  memset(scene, 0, sizeof *scene);
  scene->host.engine = new_engine();
  OK(safewasm_component_new_text(scene->host.engine, GUEST, SAFEWASM_STRLEN, &scene->host.component));
  OK(safewasm_store_new(scene->host.engine, &scene->host.store));
  OK(safewasm_componentlinker_new(scene->host.engine, &scene->linker));
  OK(safewasm_resourcetype_new(destroy, scene, NULL, &scene->type));
  OK(safewasm_componentlinker_define_resource(scene->linker, NULL, 0, "file", SAFEWASM_STRLEN, scene->type));
  define(scene, "touch", touch);
  define(scene, "swap", swap);
  scene->other = scene->host;
  OK(safewasm_componentlinker_instantiate(scene->linker, scene->host.store, scene->host.component,
                                          &scene->host.instance));
  OK(safewasm_componentlinker_instantiate(scene->linker, scene->host.store, scene->host.component,
                                          &scene->other.instance));
}

static void end(scene_t *scene) {
  scene->extra = NULL;
  scene->deleted = NULL;
  safewasm_componentlinker_delete(scene->linker);
  safewasm_resourcetype_delete(scene->type);
  safewasm_componentinstance_delete(scene->other.instance);
  delete_host(scene->host);
  CHECK(scene->finalized == scene->made);
}

static safewasm_error_t *pass(host_t host, const char *name, safewasm_node_t arg) {
  return call(host, name, &arg, 1, NULL);
}

TEST(a_component_that_lies_about_resources_is_stopped) {
  static const struct {
    const char *name;
    uint8_t kind;
    const char *why;
  } lies[] = {
      {"bad-index", 0, "unknown handle index 12345"},
      {"bad-drop", 0, "unknown handle index 12345"},
      {"drop-twice", SAFEWASM_WIT_OWN, "unknown handle index"},
      {"use-dropped", SAFEWASM_WIT_OWN, "unknown handle index"},
      {"give-borrowed", SAFEWASM_WIT_BORROW, "borrow"},
      {"return-borrowed", SAFEWASM_WIT_BORROW, "borrow"},
      {"twice", SAFEWASM_WIT_OWN, "unknown handle index"},
  };
  for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
    scene_t scene;
    begin(&scene);
    safewasm_resource_t *file = new_file(&scene);
    safewasm_node_t arg = resource_node(lies[i].kind, file);
    FAILS(call(scene.host, lies[i].name, &arg, lies[i].kind == 0 ? 0 : 1, NULL), TRAP, lies[i].why);
    FAILS(pass(scene.other, "touch", BORROW(new_file(&scene))), COMPONENTS_ENDED, lies[i].why);
    CHECK(safewasm_resource_is_valid(file) == (lies[i].kind != SAFEWASM_WIT_OWN));
    end(&scene);
  }
}

static safewasm_error_t *give_borrowed(scene_t *scene, safewasm_caller_t *caller, safewasm_resource_t *resource) {
  (void)caller;
  scene->touches = NULL;
  FAILS(pass(scene->other, "touch-own", OWN(resource)), TYPE_MISMATCH, "is borrowed");
  FAILS(pass(scene->host, "touch", BORROW(resource)), STORE_BUSY, "waits for a host function");
  OK(pass(scene->other, "touch", BORROW(resource)));
  FAILS(safewasm_resource_drop(resource), TYPE_MISMATCH, "is borrowed");
  FAILS(safewasm_resource_drop(scene->extra), STORE_BUSY, "lent to a call");
  FAILS(pass(scene->other, "touch-own", OWN(scene->extra)), STORE_BUSY, "lent to a call");
  safewasm_resource_delete(resource);
  CHECK(!safewasm_resource_is_valid(resource));
  FAILS(pass(scene->other, "touch", BORROW(resource)), INVALID_HANDLE, "parameter `f`");
  safewasm_resource_delete(scene->extra);
  scene->extra = NULL;
  CHECK(scene->finalized == 0);
  return NULL;
}

TEST(a_host_function_cannot_give_away_what_it_has_borrowed) {
  scene_t scene;
  begin(&scene);
  scene.touches = give_borrowed;
  scene.extra = new_file(&scene);
  safewasm_resource_t *lent = scene.extra;
  OK(pass(scene.host, "touch", BORROW(lent)));
  CHECK(!safewasm_resource_is_valid(lent) && scene.finalized == 0);
  new_file(&scene);
  CHECK(scene.finalized == 1 && scene.destroyed == 0);
  end(&scene);
}

static safewasm_error_t *return_and(safewasm_caller_t *caller, safewasm_resource_t *resource) {
  safewasm_node_t result = OWN(resource);
  OK(safewasm_caller_return(caller, &result, 1));
  return NULL;
}

static safewasm_error_t *return_lent(scene_t *scene, safewasm_caller_t *caller, safewasm_resource_t *resource) {
  OK(return_and(caller, resource));
  OK(pass(scene->other, "touch", BORROW(resource)));
  safewasm_resource_delete(resource);
  return NULL;
}

static safewasm_error_t *return_given(scene_t *scene, safewasm_caller_t *caller, safewasm_resource_t *resource) {
  OK(return_and(caller, resource));
  OK(pass(scene->other, "touch-own", OWN(resource)));
  return NULL;
}

static safewasm_error_t *return_dropped(scene_t *scene, safewasm_caller_t *caller, safewasm_resource_t *resource) {
  (void)scene;
  OK(return_and(caller, resource));
  return safewasm_resource_drop(resource);
}

static safewasm_error_t *return_two(scene_t *scene, safewasm_caller_t *caller, safewasm_resource_t *resource) {
  scene->extra = new_file(scene);
  OK(return_and(caller, resource));
  OK(return_and(caller, scene->extra));
  OK(return_and(caller, resource));
  return NULL;
}

static safewasm_error_t *return_foreign(scene_t *scene, safewasm_caller_t *caller, safewasm_resource_t *resource) {
  safewasm_store_t *store = NULL;
  (void)resource;
  OK(safewasm_store_new(scene->host.engine, &store));
  safewasm_node_t foreign = OWN(new_file_in(scene, store));
  FAILS(safewasm_caller_return(caller, &foreign, 1), WRONG_STORE, "`nodes`");
  safewasm_store_delete(store);
  FAILS(safewasm_caller_return(caller, &foreign, 1), INVALID_HANDLE, "`nodes`");
  return NULL;
}

TEST(a_host_function_returns_a_resource_once) {
  scene_t scene;
  safewasm_node_t arg, result = node(0);
  begin(&scene);
  scene.swaps = return_lent;
  arg = OWN(new_file(&scene));
  OK(call(scene.host, "swap", &arg, 1, &result));
  CHECK(safewasm_resource_is_valid(result.of.resource) && scene.finalized == 0);
  scene.swaps = return_two;
  arg = OWN(result.of.resource);
  OK(call(scene.host, "swap", &arg, 1, &result));
  CHECK(safewasm_resource_is_valid(scene.extra));
  scene.swaps = return_foreign;
  arg = OWN(result.of.resource);
  FAILS(call(scene.host, "swap", &arg, 1, &result), TYPE_MISMATCH, "returned without a result");
  end(&scene);
  begin(&scene);
  scene.swaps = return_given;
  FAILS(pass(scene.host, "swap", OWN(new_file(&scene))), INVALID_HANDLE, "the result of a host function");
  CHECK(scene.destroyed == 1 && scene.finalized == 1);
  end(&scene);
  begin(&scene);
  scene.swaps = return_dropped;
  FAILS(pass(scene.host, "swap", OWN(new_file(&scene))), INVALID_HANDLE, "the result of a host function");
  CHECK(scene.destroyed == 0 && scene.finalized == 1);
  end(&scene);
}

static safewasm_error_t *delete_store(scene_t *scene, safewasm_caller_t *caller, safewasm_resource_t *resource) {
  (void)caller, (void)resource;
  safewasm_store_delete(scene->host.store);
  return NULL;
}

static safewasm_error_t *delete_store_in_call(scene_t *scene, safewasm_caller_t *caller,
                                              safewasm_resource_t *resource) {
  if (scene->swaps != NULL) OK(return_and(caller, resource));
  safewasm_store_delete(scene->host.store);
  CHECK(!safewasm_resource_is_valid(resource));
  FAILS(safewasm_resource_drop(resource), INVALID_HANDLE, "`resource`");
  return NULL;
}

TEST(a_store_is_deleted_while_resources_are_on_their_way) {
  scene_t scene;
  begin(&scene);
  scene.touches = delete_store_in_call;
  OK(pass(scene.host, "touch", BORROW(new_file(&scene))));
  CHECK(scene.finalized == 1);
  end(&scene);
  begin(&scene);
  scene.swaps = delete_store_in_call;
  OK(pass(scene.host, "swap", OWN(new_file(&scene))));
  CHECK(scene.finalized == 1);
  end(&scene);
  begin(&scene);
  scene.destroys = delete_store;
  OK(pass(scene.host, "touch-own", OWN(new_file(&scene))));
  CHECK(scene.destroyed == 1 && scene.finalized == 1);
  end(&scene);
}

TEST(a_finalizer_of_a_resource_deletes_others_and_the_store) {
  scene_t scene;
  begin(&scene);
  scene.extra = new_file(&scene);
  OK(safewasm_resource_drop(new_file(&scene)));
  CHECK(!safewasm_resource_is_valid(scene.extra) && scene.finalized == 1);
  scene.deleted = scene.host.store;
  new_file(&scene);
  CHECK(!safewasm_store_is_valid(scene.host.store) && scene.finalized == scene.made);
  end(&scene);
}

static safewasm_error_t *call_back(scene_t *scene, safewasm_caller_t *caller, safewasm_resource_t *resource) {
  (void)caller, (void)resource;
  scene->destroys = NULL;
  FAILS(pass(scene->host, "touch-own", OWN(new_file(scene))), STORE_BUSY, "waits for a host function");
  OK(pass(scene->other, "touch-own", OWN(new_file(scene))));
  return NULL;
}

TEST(a_destructor_of_the_program_calls_back) {
  scene_t scene;
  begin(&scene);
  scene.destroys = call_back;
  OK(pass(scene.host, "touch-own", OWN(new_file(&scene))));
  CHECK(scene.destroyed == 2 && scene.made == 3);
  end(&scene);
}

static void *drop_with_little_stack(void *resource) { return safewasm_resource_drop(resource); }

TEST(a_drop_that_cannot_run_leaves_the_resource) {
  host_t host = new_host(COUNTER);
  safewasm_resource_t *counter = new_counter(host, 5);
  pthread_attr_t attributes;
  pthread_t thread;
  void *error = NULL;
  CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, 256 << 10) == 0);
  CHECK(pthread_create(&thread, &attributes, drop_with_little_stack, counter) == 0);
  pthread_join(thread, &error);
  pthread_attr_destroy(&attributes);
  FAILS((safewasm_error_t *)error, TRAP, "stack");
  safewasm_node_t self = BORROW(counter);
  CHECK(number(host, "[method]counter.get", &self, 1) == 5);
  OK(safewasm_resource_drop(counter));
  CHECK(number(host, "dropped", NULL, 0) == 1);
  delete_host(host);
}

TEST(a_resource_of_an_earlier_store_is_not_one_of_a_later_store) {
  host_t host = new_host(COUNTER);
  safewasm_resource_t *old[50];
  for (int i = 0; i < 50; i++) {
    old[i] = new_counter(host, 1);
    safewasm_componentinstance_delete(host.instance);
    safewasm_store_delete(host.store);
    OK(safewasm_store_new(host.engine, &host.store));
    OK(safewasm_componentinstance_new(host.store, host.component, &host.instance));
    safewasm_resource_t *counter = new_counter(host, 2);
    for (int j = 0; j <= i; j++) {
      safewasm_node_t self = BORROW(old[j]);
      CHECK(!safewasm_resource_is_valid(old[j]));
      FAILS(call(host, "[method]counter.get", &self, 1, NULL), INVALID_HANDLE, "parameter `self`");
      safewasm_resource_delete(old[j]);
    }
    CHECK(safewasm_resource_is_valid(counter));
  }
  delete_host(host);
}

/* The memory that the process uses, in bytes. */
static size_t used_memory(void) {
  unsigned long size = 0, resident = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  CHECK(file != NULL && fscanf(file, "%lu %lu", &size, &resident) == 2);
  fclose(file);
  return resident * (size_t)sysconf(_SC_PAGESIZE);
}

static int rounds(void) { return getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL ? 2000 : 300000; }

TEST(resources_that_come_and_go_leave_no_memory_behind) {
  scene_t scene;
  host_t host = new_host(COUNTER);
  begin(&scene);
  size_t before = 0;
  for (int i = 0; i < 2 * rounds(); i++) {
    if (i == rounds()) before = used_memory();
    /* Deleted without any call. */
    safewasm_resource_delete(new_file(&scene));
    OK(safewasm_resource_drop(new_file(&scene)));
    if (i % 4 == 0) {
      OK(pass(scene.host, "touch-own", OWN(new_file(&scene))));
      safewasm_resource_delete(new_counter(host, 1));
      OK(safewasm_resource_drop(new_counter(host, 1)));
    }
    CHECK(scene.made - scene.finalized <= 1);
  }
  CHECK(used_memory() < before + (4u << 20));
  delete_host(host);
  end(&scene);
}

TEST(many_resources_live_at_once_and_are_passed_together) {
  host_t host = new_host(COUNTER);
  /* Wasmtime has room for 100,000 in a store, and a loan counts too. */
  enum { MOST = 60000 };
  size_t count = rounds() < MOST ? 2000 : MOST;
  safewasm_node_t *args = malloc((count + 1) * sizeof *args);
  args[0] = parent_node(SAFEWASM_WIT_LIST, 12000 < count ? 12000 : count);
  for (size_t i = 1; i <= count; i++) args[i] = BORROW(new_counter(host, 1));
  CHECK(number(host, "sum-of", args, args[0].len + 1) == args[0].len);
  for (size_t i = 1; i <= count; i++) safewasm_resource_delete(args[i].of.resource);
  CHECK(number(host, "dropped", NULL, 0) == 0);
  CHECK(number(host, "dropped", NULL, 0) == count);
  free(args);
  delete_host(host);
}

typedef struct {
  safewasm_resource_t **resources;
  size_t len;
} batch_t;

static void *delete_all(void *data) {
  batch_t *batch = data;
  for (size_t i = 0; i < batch->len; i++) safewasm_resource_delete(batch->resources[i]);
  return NULL;
}

TEST(other_threads_delete_resources_while_calls_run) {
  host_t host = new_host(COUNTER);
  enum { EACH = 1000 };
  safewasm_resource_t *resources[EACH];
  for (int i = 0; i < EACH; i++) resources[i] = new_counter(host, 1);
  batch_t batch = {resources, EACH};
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, delete_all, &batch) == 0);
  for (int i = EACH - 1; i >= 0; i--) {
    safewasm_node_t self = BORROW(resources[i]);
    safewasm_error_t *error = call(host, "[method]counter.get", &self, 1, NULL);
    CHECK(error == NULL || safewasm_error_kind(error) == SAFEWASM_ERROR_INVALID_HANDLE);
    safewasm_error_delete(error);
  }
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  number(host, "dropped", NULL, 0);
  CHECK(number(host, "dropped", NULL, 0) == EACH);
  delete_host(host);
}

int main(void) {
  RUN(a_component_that_lies_about_resources_is_stopped);
  RUN(a_host_function_cannot_give_away_what_it_has_borrowed);
  RUN(a_host_function_returns_a_resource_once);
  RUN(a_store_is_deleted_while_resources_are_on_their_way);
  RUN(a_finalizer_of_a_resource_deletes_others_and_the_store);
  RUN(a_destructor_of_the_program_calls_back);
  RUN_NATIVELY(a_drop_that_cannot_run_leaves_the_resource);
  RUN(a_resource_of_an_earlier_store_is_not_one_of_a_later_store);
  RUN(resources_that_come_and_go_leave_no_memory_behind);
  RUN(many_resources_live_at_once_and_are_passed_together);
  RUN(other_threads_delete_resources_while_calls_run);
  return finish("componenthostile");
}
