/* Resources of components and of the program. */
#include "resources.h"

TEST(a_resource_is_made_used_and_dropped) {
  host_t host = new_host(COUNTER);
  safewasm_resource_t *counter = new_counter(host, 5);
  bool is_owned = false;
  OK(safewasm_resource_is_owned(counter, &is_owned));
  CHECK(is_owned);
  for (int again = 0; again < 3; again++) {
    safewasm_node_t self = BORROW(counter);
    CHECK(number(host, "[method]counter.get", &self, 1) == 5);
  }
  safewasm_node_t twice[] = {BORROW(counter), BORROW(counter)};
  CHECK(number(host, "[static]counter.sum", twice, 2) == 10);
  CHECK(number(host, "dropped", NULL, 0) == 0);
  CHECK(safewasm_resource_is_valid(counter));
  OK(safewasm_resource_drop(counter));
  CHECK(!safewasm_resource_is_valid(counter));
  CHECK(number(host, "dropped", NULL, 0) == 1);
  FAILS(safewasm_resource_drop(counter), INVALID_HANDLE, "`resource`");
  safewasm_node_t self = BORROW(counter);
  FAILS(call(host, "[method]counter.get", &self, 1, NULL), INVALID_HANDLE, "parameter `self`");
  delete_host(host);
}

TEST(a_resource_that_is_given_away_has_no_handle_any_more) {
  host_t host = new_host(COUNTER);
  safewasm_resource_t *a = new_counter(host, 1), *b = new_counter(host, 2);
  safewasm_node_t args[] = {OWN(a), OWN(b)}, result;
  OK(call(host, "[static]counter.merge", args, 2, &result));
  CHECK(!safewasm_resource_is_valid(a) && !safewasm_resource_is_valid(b));
  safewasm_node_t self = BORROW(result.of.resource);
  CHECK(number(host, "[method]counter.get", &self, 1) == 3);
  CHECK(number(host, "dropped", NULL, 0) == 2);
  FAILS(call(host, "[static]counter.merge", args, 2, NULL), INVALID_HANDLE, "parameter `a`");
  safewasm_resource_delete(a);
  CHECK(number(host, "dropped", NULL, 0) == 2);
  OK(safewasm_resource_drop(result.of.resource));
  delete_host(host);
}

TEST(one_resource_cannot_be_given_away_and_passed_again_in_a_call) {
  host_t host = new_host(COUNTER);
  safewasm_resource_t *a = new_counter(host, 1), *b = new_counter(host, 2);
  safewasm_node_t twice[] = {OWN(a), OWN(a)}, both[] = {OWN(a), BORROW(a)};
  FAILS(call(host, "[static]counter.merge", twice, 2, NULL), TYPE_MISMATCH, "parameter `b`: the resource is passed twice");
  FAILS(call(host, "take", both, 2, NULL), TYPE_MISMATCH, "parameter `y`: the resource is passed twice");
  both[1] = BORROW(b);
  OK(call(host, "take", both, 2, NULL));
  CHECK(!safewasm_resource_is_valid(a) && safewasm_resource_is_valid(b));
  CHECK(number(host, "dropped", NULL, 0) == 1);
  OK(safewasm_resource_drop(b));
  delete_host(host);
}

TEST(lists_of_resources_go_there_and_back) {
  host_t host = new_host(COUNTER);
  safewasm_componentfunc_t *two = func_of(host, NULL, "two");
  safewasm_values_t *values = NULL;
  const safewasm_node_t *nodes;
  size_t len = 0;
  OK(safewasm_componentfunc_call(two, NULL, 0, &values));
  OK(safewasm_values_nodes(values, &nodes, &len));
  CHECK(len == 3 && nodes[0].len == 2 && nodes[1].kind == SAFEWASM_WIT_OWN);
  safewasm_node_t args[] = {parent_node(SAFEWASM_WIT_LIST, 3), BORROW(nodes[1].of.resource),
                            BORROW(nodes[2].of.resource), BORROW(nodes[1].of.resource)};
  safewasm_values_delete(values);
  CHECK(number(host, "sum-of", args, 4) == 4);
  args[2].of.resource = NULL;
  FAILS(call(host, "sum-of", args, 4, NULL), NULL_POINTER, "parameter `all`, element 1");
  OK(safewasm_resource_drop(args[1].of.resource));
  FAILS(call(host, "sum-of", args, 4, NULL), INVALID_HANDLE, "parameter `all`, element 0");
  safewasm_componentfunc_delete(two);
  delete_host(host);
}

TEST(a_deleted_handle_drops_its_resource_after_the_next_call) {
  host_t host = new_host(COUNTER);
  safewasm_resource_t *a = new_counter(host, 1), *b = new_counter(host, 2);
  safewasm_resource_delete(a);
  safewasm_resource_delete(b);
  safewasm_resource_delete(b);
  CHECK(number(host, "dropped", NULL, 0) == 0);
  CHECK(number(host, "dropped", NULL, 0) == 2);
  delete_host(host);
}

TEST(a_destructor_that_fails_is_reported_by_a_drop_and_ends_the_components) {
  host_t host = new_host(COUNTER);
  safewasm_resource_t *bad = new_counter(host, 13), *other = new_counter(host, 1);
  FAILS(safewasm_resource_drop(bad), TRAP, "unreachable");
  CHECK(!safewasm_resource_is_valid(bad));
  FAILS(safewasm_resource_drop(other), COMPONENTS_ENDED, "unreachable");
  CHECK(safewasm_resource_is_valid(other));
  safewasm_resource_delete(other);
  FAILS(call(host, "dropped", NULL, 0, NULL), COMPONENTS_ENDED, "unreachable");
  delete_host(host);
}

TEST(a_destructor_that_fails_after_a_call_is_not_reported_by_that_call) {
  host_t host = new_host(COUNTER);
  safewasm_resource_delete(new_counter(host, 13));
  CHECK(number(host, "dropped", NULL, 0) == 0);
  FAILS(call(host, "dropped", NULL, 0, NULL), COMPONENTS_ENDED, "unreachable");
  delete_host(host);
}

TEST(a_destructor_without_end_is_stopped_after_a_second) {
  host_t host = {NULL, NULL, NULL, NULL};
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_epoch_interruption(config, 1));
  OK(safewasm_engine_new(config, &host.engine));
  OK(safewasm_component_new_text(host.engine, COUNTER, SAFEWASM_STRLEN, &host.component));
  OK(safewasm_store_new(host.engine, &host.store));
  OK(safewasm_componentinstance_new(host.store, host.component, &host.instance));
  safewasm_resource_delete(new_counter(host, 14));
  CHECK(number(host, "dropped", NULL, 0) == 0);
  FAILS(call(host, "dropped", NULL, 0, NULL), COMPONENTS_ENDED, "time");
  delete_host(host);
}

TEST(a_resource_belongs_to_its_store_and_its_instance) {
  host_t host = new_host(COUNTER), other = new_host(COUNTER);
  safewasm_resource_t *counter = new_counter(host, 1), *foreign = new_counter(other, 2);
  safewasm_node_t self = BORROW(foreign);
  FAILS(call(host, "[method]counter.get", &self, 1, NULL), WRONG_STORE, "parameter `self`");
  safewasm_componentinstance_t *first = host.instance, *second = NULL;
  OK(safewasm_componentinstance_new(host.store, host.component, &second));
  host.instance = second;
  self = BORROW(counter);
  FAILS(call(host, "[method]counter.get", &self, 1, NULL), TYPE_MISMATCH, "another component instance");
  host.instance = first;
  CHECK(number(host, "[method]counter.get", &self, 1) == 1);
  self.kind = SAFEWASM_WIT_OWN;
  FAILS(call(host, "[method]counter.get", &self, 1, NULL), TYPE_MISMATCH, "expected borrow, got own");
  self = BORROW((safewasm_resource_t *)host.store);
  FAILS(call(host, "[method]counter.get", &self, 1, NULL), INVALID_HANDLE, "is a store, not a resource");
  safewasm_componentinstance_delete(second);
  safewasm_store_delete(other.store);
  FAILS(safewasm_resource_drop(foreign), INVALID_HANDLE, "`resource`");
  other.store = NULL;
  delete_host(other);
  delete_host(host);
}

TEST(resources_of_a_store_that_has_ended_are_freed_with_it) {
  host_t host = new_host(COUNTER);
  safewasm_resource_t *counter = new_counter(host, 1);
  FAILS(call(host, "trap", NULL, 0, NULL), TRAP, "unreachable");
  FAILS(safewasm_resource_drop(counter), COMPONENTS_ENDED, "unreachable");
  safewasm_store_delete(host.store);
  CHECK(!safewasm_resource_is_valid(counter));
  host.store = NULL;
  delete_host(host);
}

/* A component that imports a resource `file` of the program, and passes files on. */
static const char FILES[] =
    "(component"
    "  (import \"host:res/files@1.0.0\" (instance $f"
    "    (export \"file\" (type $file (sub resource)))"
    "    (export \"[constructor]file\" (func (param \"n\" u32) (result (own $file))))"
    "    (export \"[method]file.read\" (func (param \"self\" (borrow $file)) (result u32)))"
    "    (export \"close\" (func (param \"f\" (own $file))))))"
    "  (alias export $f \"file\" (type $file))"
    "  (core func $new (canon lower (func $f \"[constructor]file\")))"
    "  (core func $read (canon lower (func $f \"[method]file.read\")))"
    "  (core func $close (canon lower (func $f \"close\")))"
    "  (core func $drop (canon resource.drop $file))"
    "  (core module $m"
    "    (import \"\" \"new\" (func $new (param i32) (result i32)))"
    "    (import \"\" \"read\" (func $read (param i32) (result i32)))"
    "    (import \"\" \"close\" (func $close (param i32)))"
    "    (import \"\" \"drop\" (func $drop (param i32)))"
    "    (global $kept (mut i32) (i32.const 0))"
    "    (func (export \"run\") (param i32) (result i32) (local $f i32) (local $r i32)"
    "      (local.set $f (call $new (local.get 0)))"
    "      (local.set $r (call $read (local.get $f)))"
    "      (call $drop (local.get $f))"
    "      (local.get $r))"
    "    (func (export \"make\") (param i32) (result i32) (call $new (local.get 0)))"
    "    (func (export \"read-of\") (param i32) (result i32) (local $r i32)"
    "      (local.set $r (call $read (local.get 0)))"
    "      (call $drop (local.get 0))"
    "      (local.get $r))"
    "    (func (export \"keep\") (param i32) (global.set $kept (local.get 0)))"
    "    (func (export \"read-kept\") (result i32) (call $read (global.get $kept)))"
    "    (func (export \"drop-kept\") (call $drop (global.get $kept)))"
    "    (func (export \"close-kept\") (call $close (global.get $kept)))"
    "    (func (export \"leak\") (param i32)))"
    "  (core instance $i (instantiate $m (with \"\" (instance"
    "    (export \"new\" (func $new)) (export \"read\" (func $read)) (export \"close\" (func $close))"
    "    (export \"drop\" (func $drop))))))"
    "  (export $exported \"file\" (type $file))"
    "  (func (export \"run\") (param \"n\" u32) (result u32) (canon lift (core func $i \"run\")))"
    "  (func (export \"make\") (param \"n\" u32) (result (own $exported)) (canon lift (core func $i \"make\")))"
    "  (func (export \"read-of\") (param \"f\" (borrow $exported)) (result u32) (canon lift (core func $i \"read-of\")))"
    "  (func (export \"keep\") (param \"f\" (own $exported)) (canon lift (core func $i \"keep\")))"
    "  (func (export \"read-kept\") (result u32) (canon lift (core func $i \"read-kept\")))"
    "  (func (export \"drop-kept\") (canon lift (core func $i \"drop-kept\")))"
    "  (func (export \"close-kept\") (canon lift (core func $i \"close-kept\")))"
    "  (func (export \"leak\") (param \"f\" (borrow $exported)) (canon lift (core func $i \"leak\"))))";

typedef struct {
  host_t host;
  safewasm_componentlinker_t *linker;
  safewasm_resourcetype_t *type;
  int made, destroyed, finalized, finalized_types;
  bool fails;
  safewasm_resource_t *lent;
} files_t;

typedef struct {
  files_t *files;
  uint32_t number;
} file_t;

static void finalize_file(void *data) {
  file_t *file = data;
  file->files->finalized++;
  free(file);
}

static void finalize_type(void *env) { ((files_t *)env)->finalized_types++; }

static safewasm_error_t *destroy_file(void *env, void *data) {
  files_t *files = env;
  CHECK(((file_t *)data)->files == files);
  files->destroyed++;
  safewasm_error_t *error = NULL;
  if (files->fails) OK(safewasm_error_new("the file is stuck", SAFEWASM_STRLEN, NULL, NULL, NULL, &error));
  return error;
}

static safewasm_resource_t *new_file(files_t *files, uint32_t number) {
  file_t *file = malloc(sizeof *file);
  safewasm_resource_t *resource = NULL;
  file->files = files, file->number = number;
  files->made++;
  OK(safewasm_resource_new(files->host.store, files->type, file, finalize_file, &resource));
  return resource;
}

static safewasm_error_t *open_file(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                   size_t args_len) {
  CHECK(args_len == 1 && args[0].kind == SAFEWASM_WIT_U32);
  safewasm_node_t result = OWN(new_file(env, (uint32_t)args[0].of.u));
  return safewasm_caller_return(caller, &result, 1);
}

static safewasm_error_t *read_file(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                   size_t args_len) {
  files_t *files = env;
  void *data = NULL;
  bool is_owned = true;
  CHECK(args_len == 1 && args[0].kind == SAFEWASM_WIT_BORROW);
  OK(safewasm_resource_data(args[0].of.resource, files->type, &data));
  OK(safewasm_resource_is_owned(args[0].of.resource, &is_owned));
  CHECK(!is_owned);
  FAILS(safewasm_resource_drop(args[0].of.resource), TYPE_MISMATCH, "is borrowed");
  files->lent = args[0].of.resource;
  safewasm_node_t result = unsigned_node(SAFEWASM_WIT_U32, ((file_t *)data)->number);
  return safewasm_caller_return(caller, &result, 1);
}

static safewasm_error_t *close_file(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                    size_t args_len) {
  (void)env, (void)caller;
  CHECK(args_len == 1 && args[0].kind == SAFEWASM_WIT_OWN);
  return safewasm_resource_drop(args[0].of.resource);
}

static safewasm_wittype_t *item_type(safewasm_component_t *component, const char *wanted) {
  safewasm_wittype_t *interface = NULL, *type = NULL;
  safewasm_text_t name;
  size_t len = 0;
  OK(safewasm_component_import(component, 0, &name, &interface));
  OK(safewasm_wittype_items_len(interface, &len));
  for (size_t i = 0; i < len; i++) {
    OK(safewasm_wittype_item(interface, i, &name, &type));
    if (strcmp(name.data, wanted) == 0) break;
    safewasm_wittype_delete(type);
    type = NULL;
  }
  safewasm_wittype_delete(interface);
  CHECK(type != NULL);
  return type;
}

static void define(files_t *files, const char *name, safewasm_component_callback_t callback) {
  safewasm_wittype_t *type = item_type(files->host.component, name);
  OK(safewasm_componentlinker_define_func(files->linker, "host:res/files@1.0.0", SAFEWASM_STRLEN, name,
                                          SAFEWASM_STRLEN, type, callback, files, NULL));
  safewasm_wittype_delete(type);
}

static void begin(files_t *files) {
  memset(files, 0, sizeof *files);
  files->host.engine = new_engine();
  OK(safewasm_component_new_text(files->host.engine, FILES, SAFEWASM_STRLEN, &files->host.component));
  OK(safewasm_store_new(files->host.engine, &files->host.store));
  OK(safewasm_componentlinker_new(files->host.engine, &files->linker));
  OK(safewasm_resourcetype_new(destroy_file, files, finalize_type, &files->type));
  OK(safewasm_componentlinker_define_resource(files->linker, "host:res/files@1.0.0", SAFEWASM_STRLEN,
                                              "file", SAFEWASM_STRLEN, files->type));
  define(files, "[constructor]file", open_file);
  define(files, "[method]file.read", read_file);
  define(files, "close", close_file);
  OK(safewasm_componentlinker_instantiate(files->linker, files->host.store, files->host.component,
                                          &files->host.instance));
}

static void end(files_t *files) {
  safewasm_componentlinker_delete(files->linker);
  safewasm_resourcetype_delete(files->type);
  delete_host(files->host);
  CHECK(files->finalized == files->made);
  CHECK(files->finalized_types == 1);
}

TEST(a_component_makes_uses_and_drops_a_resource_of_the_program) {
  files_t files;
  begin(&files);
  safewasm_node_t n = unsigned_node(SAFEWASM_WIT_U32, 7);
  for (int again = 1; again <= 3; again++) {
    CHECK(number(files.host, "run", &n, 1) == 7);
    CHECK(files.made == again && files.destroyed == again && files.finalized == again);
    CHECK(!safewasm_resource_is_valid(files.lent));
  }
  end(&files);
}

TEST(a_resource_of_the_program_comes_back_to_it) {
  files_t files;
  begin(&files);
  safewasm_node_t n = unsigned_node(SAFEWASM_WIT_U32, 8), made = node(0);
  OK(call(files.host, "make", &n, 1, &made));
  CHECK(made.kind == SAFEWASM_WIT_OWN);
  void *data = NULL;
  OK(safewasm_resource_data(made.of.resource, files.type, &data));
  CHECK(((file_t *)data)->number == 8);
  safewasm_node_t lent = BORROW(made.of.resource);
  CHECK(number(files.host, "read-of", &lent, 1) == 8);
  CHECK(number(files.host, "read-of", &lent, 1) == 8);
  OK(safewasm_resource_drop(made.of.resource));
  CHECK(files.finalized == 1 && files.destroyed == 0);
  end(&files);
}

TEST(a_resource_of_the_program_is_given_away_and_dropped_by_the_component) {
  files_t files;
  begin(&files);
  safewasm_resource_t *file = new_file(&files, 9);
  safewasm_node_t given = OWN(file);
  OK(call(files.host, "keep", &given, 1, NULL));
  CHECK(!safewasm_resource_is_valid(file));
  CHECK(number(files.host, "read-kept", NULL, 0) == 9);
  OK(call(files.host, "drop-kept", NULL, 0, NULL));
  CHECK(files.destroyed == 1 && files.finalized == 1);
  given = OWN(new_file(&files, 10));
  OK(call(files.host, "keep", &given, 1, NULL));
  OK(call(files.host, "close-kept", NULL, 0, NULL));
  CHECK(files.destroyed == 1 && files.finalized == 2);
  given = OWN(new_file(&files, 11));
  OK(call(files.host, "keep", &given, 1, NULL));
  end(&files);
}

TEST(a_borrow_that_a_component_keeps_is_a_trap) {
  files_t files;
  begin(&files);
  safewasm_resource_t *file = new_file(&files, 1);
  safewasm_node_t lent = BORROW(file);
  FAILS(call(files.host, "leak", &lent, 1, NULL), TRAP, "borrow");
  FAILS(call(files.host, "read-kept", NULL, 0, NULL), COMPONENTS_ENDED, "borrow");
  OK(safewasm_resource_drop(file));
  CHECK(files.finalized == 1);
  end(&files);
}

TEST(a_destructor_of_the_program_that_fails_ends_the_call) {
  files_t files;
  begin(&files);
  files.fails = true;
  safewasm_node_t n = unsigned_node(SAFEWASM_WIT_U32, 7);
  FAILS(call(files.host, "run", &n, 1, NULL), HOST, "the file is stuck");
  FAILS(call(files.host, "run", &n, 1, NULL), COMPONENTS_ENDED, "the file is stuck");
  end(&files);
}

TEST(deleted_handles_finalize_resources_of_the_program_once) {
  files_t files;
  begin(&files);
  safewasm_resource_t *file = new_file(&files, 1);
  safewasm_resource_delete(file);
  safewasm_node_t n = unsigned_node(SAFEWASM_WIT_U32, 7);
  CHECK(number(files.host, "run", &n, 1) == 7);
  CHECK(files.finalized == 2);
  new_file(&files, 2);
  end(&files);
}

TEST(a_resource_is_of_one_type) {
  files_t files;
  begin(&files);
  safewasm_resourcetype_t *other = NULL;
  safewasm_resource_t *file = NULL;
  void *data = &files;
  OK(safewasm_resourcetype_new(NULL, NULL, NULL, &other));
  OK(safewasm_resource_new(files.host.store, other, NULL, NULL, &file));
  FAILS(safewasm_resource_data(file, files.type, &data), TYPE_MISMATCH, "another type");
  CHECK(data == NULL);
  safewasm_node_t lent = BORROW(file);
  FAILS(call(files.host, "read-of", &lent, 1, NULL), TYPE_MISMATCH, "parameter `f`: the resource is of another resource type");
  FAILS(safewasm_resource_new(files.host.store, NULL, NULL, NULL, &file), NULL_POINTER, "`resourcetype` is NULL");
  FAILS(safewasm_resource_new(NULL, other, NULL, NULL, &file), NULL_POINTER, "`store` is NULL");
  safewasm_resourcetype_delete(other);
  end(&files);
}

int main(void) {
  RUN(a_resource_is_made_used_and_dropped);
  RUN(a_resource_that_is_given_away_has_no_handle_any_more);
  RUN(one_resource_cannot_be_given_away_and_passed_again_in_a_call);
  RUN(lists_of_resources_go_there_and_back);
  RUN(a_deleted_handle_drops_its_resource_after_the_next_call);
  RUN(a_destructor_that_fails_is_reported_by_a_drop_and_ends_the_components);
  RUN(a_destructor_that_fails_after_a_call_is_not_reported_by_that_call);
  RUN(a_destructor_without_end_is_stopped_after_a_second);
  RUN(a_resource_belongs_to_its_store_and_its_instance);
  RUN(resources_of_a_store_that_has_ended_are_freed_with_it);
  RUN(a_component_makes_uses_and_drops_a_resource_of_the_program);
  RUN(a_resource_of_the_program_comes_back_to_it);
  RUN(a_resource_of_the_program_is_given_away_and_dropped_by_the_component);
  RUN(a_borrow_that_a_component_keeps_is_a_trap);
  RUN(a_destructor_of_the_program_that_fails_ends_the_call);
  RUN(deleted_handles_finalize_resources_of_the_program_once);
  RUN(a_resource_is_of_one_type);
  return finish("componentresources");
}
