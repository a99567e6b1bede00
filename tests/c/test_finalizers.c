/* Lifetimes: objects that host functions keep, return or delete, clones, finalizers, the envs
   of errors. */
#include "links.h"
#include <pthread.h>

static const safewasm_valtype_t EXTERNREF = {
    .kind = SAFEWASM_VAL_REF, .heap = SAFEWASM_HEAP_EXTERN, .nullable = true};
static const safewasm_valtype_t FUNCREF = {
    .kind = SAFEWASM_VAL_FUNC, .heap = SAFEWASM_HEAP_FUNC, .nullable = true};

static void count(void *env) { ++*(int *)env; }

static safewasm_val_t new_extern(safewasm_store_t *store, int *finalized) {
  safewasm_val_t value = {.kind = SAFEWASM_VAL_REF};
  OK(safewasm_ref_new_extern(store, finalized, count, &value.of.reference));
  return value;
}

static safewasm_error_t *call_nothing(safewasm_func_t *func) {
  return safewasm_func_call_slots(func, NULL, 0);
}

/* Calls an export without parameters and results. */
static safewasm_error_t *run(safewasm_instance_t *instance, const char *name) {
  safewasm_extern_t func = get_export(instance, name);
  safewasm_error_t *error = call_nothing(func.of.func);
  safewasm_extern_delete(&func);
  return error;
}

static safewasm_func_t *new_func(links_t *links, safewasm_slot_callback_t callback, void *env) {
  safewasm_functype_t *type;
  safewasm_func_t *func;
  OK(safewasm_functype_new(links->engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(links->store, type, callback, env, NULL, &func));
  safewasm_functype_delete(type);
  return func;
}

static safewasm_error_t *do_nothing(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                    size_t slots_len) {
  (void)env, (void)caller, (void)slots, (void)slots_len;
  return NULL;
}

/* The work of a host function (externref, funcref) -> (externref, externref, funcref). */
typedef struct {
  enum { GIVE_BACK, CLONE, GIVE_TWICE, MISMATCH, DELETE, FAIL } does;
  int finalized;
} giver_t;

static safewasm_error_t *give(void *env, safewasm_caller_t *caller, const safewasm_val_t *args,
                              size_t args_len, safewasm_val_t *results, size_t results_len) {
  giver_t *giver = env;
  safewasm_store_t *store;
  safewasm_error_t *error = NULL;
  CHECK(args_len == 2 && results_len == 3);
  OK(safewasm_caller_store(caller, &store));
  results[0] = results[1] = args[0];
  results[2] = args[1];
  if (giver->does == CLONE) {
    OK(safewasm_ref_clone(args[0].of.reference, &results[1].of.reference));
    OK(safewasm_func_clone(args[1].of.func, &results[2].of.func));
  }
  if (giver->does == GIVE_TWICE) results[0] = results[1] = new_extern(store, &giver->finalized);
  if (giver->does == MISMATCH) results[0] = args[1];
  if (giver->does == DELETE) safewasm_ref_delete(args[0].of.reference);
  if (giver->does == FAIL) {
    results[0] = new_extern(store, &giver->finalized);
    OK(safewasm_error_new("failed", 6, NULL, NULL, NULL, &error));
  }
  return error;
}

TEST(a_host_function_gives_back_its_arguments) {
  links_t links = new_links();
  giver_t giver = {GIVE_BACK, 0};
  const safewasm_valtype_t params[] = {EXTERNREF, FUNCREF};
  const safewasm_valtype_t types[] = {EXTERNREF, EXTERNREF, FUNCREF};
  safewasm_functype_t *type;
  safewasm_extern_t host = {.kind = SAFEWASM_EXTERN_FUNC};
  OK(safewasm_functype_new(links.engine, params, 2, types, 3, &type));
  OK(safewasm_func_new(links.store, type, give, &giver, NULL, &host.of.func));
  safewasm_functype_delete(type);
  OK(safewasm_linker_define(links.linker, links.store, NAME("e"), NAME("f"), &host));
  safewasm_instance_t *instance = instantiate(
      &links, "(module (type $t (func (param externref funcref)"
              "    (result externref externref funcref)))"
              "  (import \"e\" \"f\" (func $f (type $t))) (func (export \"through\") (type $t)"
              "    (call $f (local.get 0) (local.get 1))))");
  safewasm_extern_t through = get_export(instance, "through");
  safewasm_func_t *func = new_func(&links, do_nothing, NULL);
  for (giver.does = GIVE_BACK; giver.does <= FAIL; giver.does++) {
    int finalized = giver.finalized = 0;
    safewasm_val_t args[2] = {new_extern(links.store, &finalized),
                              {SAFEWASM_VAL_FUNC, {.func = func}}}, results[3];
    for (int i = 0; i < 2; i++) {
      uint32_t both, own, funcs;
      safewasm_error_t *error =
          safewasm_func_call(i == 0 ? host.of.func : through.of.func, args, 2, results, 3);
      if (giver.does == MISMATCH) FAILS(error, TYPE_MISMATCH, "`results[0]`");
      else if (giver.does == DELETE) FAILS(error, INVALID_HANDLE, "`results[0].of.reference`");
      else if (giver.does == FAIL) FAILS(error, HOST, "failed");
      else OK(error);
      if (giver.does >= MISMATCH) continue;
      OK(safewasm_ref_same(results[0].of.reference, results[1].of.reference, &both));
      OK(safewasm_ref_same(results[0].of.reference, args[0].of.reference, &own));
      OK(safewasm_func_same(results[2].of.func, func, &funcs));
      CHECK(both == 1 && own == (giver.does != GIVE_TWICE) && funcs == 1);
      CHECK(results[2].of.func != func && results[0].of.reference != results[1].of.reference);
      safewasm_ref_delete(results[0].of.reference);
      safewasm_ref_delete(results[1].of.reference);
      safewasm_func_delete(results[2].of.func);
    }
    OK(safewasm_store_collect(links.store));
    CHECK(finalized == 0 && safewasm_ref_is_valid(args[0].of.reference));
    safewasm_ref_delete(args[0].of.reference);
    OK(safewasm_store_collect(links.store));
    CHECK(finalized == 1);
    CHECK(giver.finalized == (giver.does == GIVE_TWICE || giver.does == FAIL ? 2 : 0));
  }
  safewasm_func_delete(func);
  safewasm_extern_delete(&host);
  safewasm_extern_delete(&through);
  safewasm_instance_delete(instance);
  delete_links(&links);
}

TEST(a_clone_keeps_what_the_first_handle_did) {
  links_t links = new_links();
  int finalized = 0;
  safewasm_ref_t *reference = new_extern(links.store, &finalized).of.reference, *clone;
  for (int i = 0; i < 1000; i++) {
    OK(safewasm_ref_clone(reference, &clone));
    CHECK(clone != reference);
    safewasm_ref_delete(reference);
    CHECK(!safewasm_ref_is_valid(reference) && safewasm_ref_is_valid(clone));
    reference = clone;
  }
  OK(safewasm_store_collect(links.store));
  CHECK(finalized == 0);
  safewasm_ref_delete(reference);
  OK(safewasm_store_collect(links.store));
  CHECK(finalized == 1);
  FAILS(safewasm_ref_clone(reference, &clone), INVALID_HANDLE, "`reference` was deleted");
  CHECK(clone == NULL);

  safewasm_func_t *func = new_func(&links, do_nothing, NULL), *of_func, *another;
  uint32_t same;
  OK(safewasm_func_clone(func, &of_func));
  another = new_func(&links, do_nothing, NULL);
  OK(safewasm_func_same(func, of_func, &same));
  CHECK(same == 1 && of_func != func);
  OK(safewasm_func_same(func, another, &same));
  CHECK(same == 0);
  safewasm_func_delete(func);
  OK(call_nothing(of_func));
  FAILS(safewasm_func_same(of_func, func, &same), INVALID_HANDLE, "`other` was deleted");
  FAILS(safewasm_func_clone(of_func, NULL), NULL_POINTER, "`func_out`");
  FAILS(safewasm_ref_clone((safewasm_ref_t *)of_func, &clone), INVALID_HANDLE, "is a func");
  safewasm_func_delete(of_func);
  safewasm_func_delete(another);
  delete_links(&links);
}

TEST(handles_kept_beyond_their_store_are_errors_that_name_them) {
  links_t links = new_links(), other = new_links();
  int finalized = 0;
  uint32_t same;
  void *env;
  const safewasm_tabletype_t list = {.min = 1, .element = EXTERNREF};
  safewasm_val_t value = new_extern(links.store, &finalized);
  safewasm_val_t field = {SAFEWASM_VAL_I32, {.i32 = 1}};
  safewasm_func_t *func = new_func(&links, do_nothing, NULL), *func_out,
                  *elsewhere = new_func(&other, do_nothing, NULL);
  safewasm_ref_t *exception, *ref_out;
  safewasm_functype_t *type;
  safewasm_tag_t *tag;
  safewasm_error_t *thrown;
  safewasm_table_t *table;
  OK(safewasm_table_new(other.store, &list, NULL, &table));
  FAILS(safewasm_table_set(table, 0, &value), WRONG_STORE, "`value.of.reference`");
  FAILS(safewasm_func_same(func, elsewhere, &same), WRONG_STORE, "`other`");
  OK(safewasm_functype_new(links.engine, &I32, 1, NULL, 0, &type));
  OK(safewasm_tag_new(links.store, type, &tag));
  OK(safewasm_ref_new_exception(tag, &field, 1, &exception));
  OK(safewasm_error_new_exception(exception, &thrown));
  safewasm_store_delete(links.store);
  CHECK(finalized == 1);
  FAILS(safewasm_ref_env(value.of.reference, &env), INVALID_HANDLE, "`reference`");
  FAILS(safewasm_ref_clone(value.of.reference, &ref_out), INVALID_HANDLE, "`reference`");
  FAILS(safewasm_func_clone(func, &func_out), INVALID_HANDLE, "`func`");
  FAILS(safewasm_func_same(elsewhere, func, &same), INVALID_HANDLE, "`other`");
  FAILS(safewasm_table_set(table, 0, &value), INVALID_HANDLE, "`value.of.reference`");
  FAILS(safewasm_error_new_exception(exception, &thrown), INVALID_HANDLE, "`exception`");
  CHECK(env == NULL && ref_out == NULL && func_out == NULL && same == 0 && thrown == NULL);
  safewasm_ref_delete(value.of.reference);
  safewasm_ref_delete(exception);
  safewasm_tag_delete(tag);
  safewasm_functype_delete(type);
  safewasm_func_delete(func);
  safewasm_func_delete(elsewhere);
  safewasm_table_delete(table);
  delete_links(&other);
  delete_links(&links);
}

TEST(an_error_outlives_the_store_of_its_exception) {
  links_t links = new_links();
  safewasm_instance_t *instance =
      instantiate(&links, "(module (tag $t) (func (export \"throw\") (throw $t)))");
  safewasm_ref_t *exception;
  safewasm_error_t *error = run(instance, "throw");
  OK(safewasm_error_exception(error, &exception));
  safewasm_ref_delete(exception);
  safewasm_store_delete(links.store);
  FAILS(safewasm_error_exception(error, &exception), INVALID_HANDLE,
        "the store of the exception that `error` reports was deleted");
  CHECK(exception == NULL);
  FAILS(error, EXCEPTION, "exception");
  safewasm_instance_delete(instance);
  delete_links(&links);
}

/* A host function that makes one call, and what it does with the error. */
typedef struct {
  enum { PASS_ON, WRAP, KEEP, GIVE_KEPT } does;
  safewasm_instance_t *inner;
  safewasm_error_t *kept;
  int finalized;
} passer_t;

static safewasm_error_t *pass(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                              size_t slots_len) {
  passer_t *passer = env;
  (void)caller, (void)slots, (void)slots_len;
  if (passer->does == GIVE_KEPT) return passer->kept;
  safewasm_error_t *error, *inner = run(passer->inner, "go");
  if (passer->does == PASS_ON) return inner;
  passer->kept = inner;
  if (passer->does == KEEP) return NULL;
  OK(safewasm_error_new("outer", 5, &passer->finalized, count, TAG, &error));
  safewasm_error_delete(inner);
  return error;
}

static safewasm_error_t *fail(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                              size_t slots_len) {
  safewasm_error_t *error;
  (void)caller, (void)slots, (void)slots_len;
  OK(safewasm_error_new("inner", 5, env, count, TAG, &error));
  return error;
}

/* An instance whose `go` calls that host function. */
static safewasm_instance_t *new_caller(links_t *links, safewasm_slot_callback_t callback,
                                       void *env) {
  safewasm_extern_t host = {SAFEWASM_EXTERN_FUNC, {.func = new_func(links, callback, env)}};
  safewasm_instance_t *instance;
  safewasm_module_t *module = new_module(
      links->engine, "(module (import \"\" \"f\" (func $f)) (func (export \"go\") (call $f)))");
  OK(safewasm_instance_new(links->store, module, &host, 1, &instance));
  safewasm_module_delete(module);
  safewasm_extern_delete(&host);
  return instance;
}

TEST(the_env_of_an_error_goes_with_it_and_is_finalized_after_the_last) {
  links_t links[3];
  int finalized = 0;
  passer_t middle = {.does = PASS_ON}, outer = {.does = PASS_ON};
  for (int i = 0; i < 3; i++) links[i] = new_links();
  middle.inner = new_caller(&links[0], fail, &finalized);
  outer.inner = new_caller(&links[1], pass, &middle);
  safewasm_instance_t *instance = new_caller(&links[2], pass, &outer);
  safewasm_error_t *error = run(instance, "go");
  CHECK(safewasm_error_env(error, TAG) == &finalized && safewasm_error_frames_len(error) == 3);
  safewasm_store_delete(links[0].store);
  safewasm_store_delete(links[1].store);
  CHECK(finalized == 0);
  FAILS(error, HOST, "inner");
  CHECK(finalized == 1);
  safewasm_instance_delete(middle.inner);
  safewasm_instance_delete(outer.inner);
  outer.inner = new_caller(&links[2], fail, &finalized);
  outer.does = WRAP;
  error = run(instance, "go");
  CHECK(safewasm_error_env(error, TAG) == &outer.finalized && finalized == 2 && outer.finalized == 0);
  FAILS(error, HOST, "outer");
  CHECK(outer.finalized == 1);
  outer.does = KEEP;
  OK(run(instance, "go"));
  CHECK(finalized == 2 && safewasm_error_env(outer.kept, TAG) == &finalized);
  outer.does = GIVE_KEPT;
  FAILS(run(instance, "go"), HOST, "inner");
  CHECK(finalized == 3 && !safewasm_error_is_valid(outer.kept));
  FAILS(run(instance, "go"), INVALID_HANDLE, "no living error");
  FAILS(safewasm_error_new("\xff", 1, &finalized, count, NULL, &error), INVALID_ARGUMENT, "UTF-8");
  CHECK(finalized == 4);
  safewasm_instance_delete(outer.inner);
  safewasm_instance_delete(instance);
  for (int i = 0; i < 3; i++) delete_links(&links[i]);
}

/* All objects that a host function can delete while it runs. */
enum { ENGINE, STORE, LINKER, PRE, MODULE, INSTANCE, FUNC, VIEW, REFERENCE, THINGS };

typedef struct {
  links_t links;
  safewasm_instancepre_t *pre;
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_extern_t func;
  safewasm_view_t *view;
  safewasm_ref_t *reference;
  int order[THINGS], finalized, of_reference;
} things_t;

static void count_things(void *env) { ((things_t *)env)->finalized++; }

static void delete_thing(things_t *things, int which) {
  if (which == ENGINE) safewasm_engine_delete(things->links.engine);
  if (which == STORE) safewasm_store_delete(things->links.store);
  if (which == LINKER) safewasm_linker_delete(things->links.linker);
  if (which == PRE) safewasm_instancepre_delete(things->pre);
  if (which == MODULE) safewasm_module_delete(things->module);
  if (which == INSTANCE) safewasm_instance_delete(things->instance);
  if (which == FUNC) safewasm_extern_delete(&things->func);
  if (which == VIEW) safewasm_view_delete(things->view);
  if (which == REFERENCE) safewasm_ref_delete(things->reference);
}

static safewasm_error_t *delete_all(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                    size_t slots_len) {
  things_t *things = env;
  (void)slots, (void)slots_len;
  for (int i = 0; i < THINGS; i++) {
    safewasm_instance_t *instance;
    safewasm_extern_t memory;
    safewasm_store_t *store;
    delete_thing(things, things->order[i]);
    /* All remaining objects are used, which must do no harm. */
    safewasm_error_delete(safewasm_store_collect(things->links.store));
    safewasm_error_delete(safewasm_linker_instantiate(things->links.linker, things->links.store,
                                                      things->module, &instance));
    safewasm_instance_delete(instance);
    safewasm_error_delete(
        safewasm_instancepre_instantiate(things->pre, things->links.store, &instance));
    safewasm_instance_delete(instance);
    safewasm_error_delete(safewasm_caller_export(caller, NAME("m"), &memory));
    safewasm_extern_delete(&memory);
    OK(safewasm_caller_store(caller, &store));
    CHECK(store == things->links.store);
  }
  CHECK(things->finalized == 0);
  return NULL;
}

TEST(a_host_function_may_delete_everything_under_itself_in_any_order) {
  uint32_t random = 1;
  for (int round = 0; round < (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL ? 10 : 200); round++) {
    things_t things = {.links = new_links()};
    const safewasm_cell_t *cell;
    for (int i = 0; i < THINGS; i++) {
      random = random * 1664525 + 1013904223;
      int j = (int)((random >> 16) % (uint32_t)(i + 1));
      things.order[i] = things.order[j];
      things.order[j] = i;
    }
    safewasm_functype_t *type;
    OK(safewasm_functype_new(things.links.engine, NULL, 0, NULL, 0, &type));
    OK(safewasm_linker_define_func_slots(things.links.linker, NAME("e"), NAME("f"), type,
                                         delete_all, &things, count_things));
    safewasm_functype_delete(type);
    OK(safewasm_ref_new_extern(things.links.store, &things.of_reference, count, &things.reference));
    things.module = new_module(
        things.links.engine, "(module (import \"e\" \"f\" (func $f)) (memory (export \"m\") 1)"
                             "  (func (export \"go\") (call $f) (drop (memory.grow (i32.const 1)))"
                             "    (i32.store (i32.const 65536) (i32.const 1))))");
    OK(safewasm_linker_instantiate_pre(things.links.linker, things.module, &things.pre));
    OK(safewasm_instancepre_instantiate(things.pre, things.links.store, &things.instance));
    things.func = get_export(things.instance, "go");
    safewasm_extern_t memory = get_export(things.instance, "m");
    OK(safewasm_memory_view(memory.of.memory, &things.view, &cell));
    OK(call_nothing(things.func.of.func));
    CHECK(things.finalized == 1 && things.of_reference == 1);
    safewasm_extern_delete(&memory);
    safewasm_functype_delete(things.links.unary);
  }
}

/* Elements of a list of `safewasm_release_later`. */
typedef struct node_t {
  struct node_t *next, **list;
  bool seen;
} node_t;

enum { NODES = 1000 };

static void *release_all(void *arg) {
  node_t *nodes = arg;
  for (int i = 0; i < NODES; i++) safewasm_release_later(&nodes[i]);
  return NULL;
}

static int take_all(node_t **list) {
  int taken = 0;
  for (node_t *node = __atomic_exchange_n(list, NULL, __ATOMIC_ACQUIRE); node != NULL;
       node = node->next) {
    CHECK(!node->seen);
    node->seen = true;
    taken++;
  }
  return taken;
}

TEST(what_is_released_later_is_on_the_list_once) {
  static node_t nodes[3][NODES];
  node_t *list = NULL;
  pthread_t threads[2];
  int taken = 0;
  safewasm_release_later(NULL);
  for (int i = 0; i < 3 * NODES; i++) nodes[i / NODES][i % NODES].list = &list;
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, release_all, nodes[i]);
  for (int i = 0; i < 1000; i++) taken += take_all(&list);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  CHECK(taken + take_all(&list) == 2 * NODES);
  /* As the finalizer of functions, references and errors. */
  links_t links = new_links();
  node_t *mine = nodes[2];
  safewasm_func_t *func;
  safewasm_ref_t *reference;
  safewasm_error_t *error;
  OK(safewasm_func_new_slots(links.store, links.unary, next, &mine[0], safewasm_release_later,
                             &func));
  OK(safewasm_ref_new_extern(links.store, &mine[1], safewasm_release_later, &reference));
  OK(safewasm_error_new("", 0, &mine[2], safewasm_release_later, NULL, &error));
  FAILS(safewasm_func_new_slots(links.store, NULL, next, &mine[3], safewasm_release_later, &func),
        NULL_POINTER, "`functype`");
  CHECK(take_all(&list) == 1 && mine[3].seen);
  safewasm_error_delete(error);
  safewasm_ref_delete(reference);
  OK(safewasm_store_collect(links.store));
  CHECK(take_all(&list) == 2 && mine[1].seen && mine[2].seen);
  delete_links(&links);
  CHECK(take_all(&list) == 1 && mine[0].seen);
}

int main(void) {
  RUN(a_host_function_gives_back_its_arguments);
  RUN(a_clone_keeps_what_the_first_handle_did);
  RUN(handles_kept_beyond_their_store_are_errors_that_name_them);
  RUN(an_error_outlives_the_store_of_its_exception);
  RUN(the_env_of_an_error_goes_with_it_and_is_finalized_after_the_last);
  RUN(a_host_function_may_delete_everything_under_itself_in_any_order);
  RUN(what_is_released_later_is_on_the_list_once);
  return finish("finalizers");
}
