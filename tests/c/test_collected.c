/* When finalizers run: while a call goes on, one after another, and at a thread's end. */
#include "links.h"
#include <pthread.h>

static const safewasm_valtype_t EXTERNREF = {
    .kind = SAFEWASM_VAL_REF, .heap = SAFEWASM_HEAP_EXTERN, .nullable = true};

/* Few enough rounds to be quick under valgrind too. */
static int rounds(void) { return getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL ? 10000 : 300000; }

/* The objects that a guest was given, and how many of them live. */
typedef struct {
  links_t *links;
  int made, live, most;
  int collects_each; /* a collection after this number of objects */
  bool may_enter;
} objects_t;

static void let_go(void *env) {
  objects_t *objects = env;
  objects->live--;
  /* The store can be entered. */
  if (objects->may_enter) OK(safewasm_store_collect(objects->links->store));
}

static safewasm_error_t *give(void *env, safewasm_caller_t *caller, const safewasm_val_t *args,
                              size_t args_len, safewasm_val_t *results, size_t results_len) {
  objects_t *objects = env;
  (void)caller, (void)args, (void)args_len, (void)results_len;
  if (++objects->live > objects->most) objects->most = objects->live;
  objects->made++;
  if (objects->collects_each > 0 && objects->made % objects->collects_each == 0) {
    OK(safewasm_store_collect(objects->links->store));
    CHECK(objects->live == 1);
  }
  results[0].kind = SAFEWASM_VAL_REF;
  return safewasm_ref_new_extern(objects->links->store, objects, let_go,
                                 &results[0].of.reference);
}

/* Gets an object, and checks that it is the last one that was given. */
static safewasm_error_t *take(void *env, safewasm_caller_t *caller, const safewasm_val_t *args,
                              size_t args_len, safewasm_val_t *results, size_t results_len) {
  void *found;
  (void)caller, (void)args_len, (void)results, (void)results_len;
  OK(safewasm_ref_env(args[0].of.reference, &found));
  CHECK(found == env);
  return NULL;
}

static safewasm_error_t *tick(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                              size_t slots_len) {
  (void)env, (void)caller, (void)slots, (void)slots_len;
  return NULL;
}

static void define_objects(links_t *links, objects_t *objects) {
  safewasm_functype_t *gives, *takes, *ticks;
  OK(safewasm_functype_new(links->engine, NULL, 0, &EXTERNREF, 1, &gives));
  OK(safewasm_functype_new(links->engine, &EXTERNREF, 1, NULL, 0, &takes));
  OK(safewasm_functype_new(links->engine, NULL, 0, NULL, 0, &ticks));
  OK(safewasm_linker_define_func(links->linker, NAME("env"), NAME("give"), gives, give, objects,
                                 NULL));
  OK(safewasm_linker_define_func(links->linker, NAME("env"), NAME("take"), takes, take, objects,
                                 NULL));
  OK(safewasm_linker_define_func_slots(links->linker, NAME("env"), NAME("tick"), ticks, tick, NULL,
                                       NULL));
  safewasm_functype_delete(gives);
  safewasm_functype_delete(takes);
  safewasm_functype_delete(ticks);
}

#define IMPORTS                                                   \
  "(import \"env\" \"give\" (func $give (result externref)))"     \
  "(import \"env\" \"take\" (func $take (param externref)))"      \
  "(import \"env\" \"tick\" (func $tick))"

#define EACH_ROUND(body)                                                       \
  "(loop $again " body " (local.set 0 (i32.sub (local.get 0) (i32.const 1)))" \
  "  (br_if $again (local.get 0)))"

TEST(a_guest_that_does_not_return_keeps_a_bounded_number_of_objects) {
  const char *bodies[] = {"(drop (call $give))", "(call $take (call $give))",
                          "(drop (call $give)) (call $tick)"};
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    links_t links = new_links();
    objects_t objects = {.links = &links};
    char text[1000];
    define_objects(&links, &objects);
    snprintf(text, sizeof text,
             "(module " IMPORTS "(func (export \"go\") (param i32) (result i32)" EACH_ROUND("%s")
             " (local.get 0)))", bodies[i]);
    safewasm_instance_t *instance = instantiate(&links, text);
    call(instance, "go", rounds());
    CHECK(objects.made == rounds() && objects.most <= 4096);
    safewasm_instance_delete(instance);
    delete_links(&links);
    CHECK(objects.live == 0);
  }
}

TEST(a_start_function_keeps_a_bounded_number_of_objects_too) {
  links_t links = new_links();
  objects_t objects = {.links = &links};
  char text[1000];
  define_objects(&links, &objects);
  snprintf(text, sizeof text, "(module " IMPORTS "(func $go (export \"_initialize\") (local i32)"
           "  (local.set 0 (i32.const %d))" EACH_ROUND("(drop (call $give))") "))", rounds());
  safewasm_module_t *module = new_module(links.engine, text);
  OK(safewasm_linker_define_module(links.linker, links.store, NAME("reactor"), module));
  CHECK(objects.made == rounds() && objects.most <= 4096);
  safewasm_module_delete(module);
  delete_links(&links);
}

TEST(a_collection_in_a_host_function_finalizes_before_it_returns) {
  links_t links = new_links();
  objects_t objects = {.links = &links, .collects_each = 100};
  define_objects(&links, &objects);
  safewasm_instance_t *instance = instantiate(
      &links, "(module " IMPORTS "(func (export \"go\") (param i32) (result i32)"
              EACH_ROUND("(drop (call $give))") " (local.get 0)))");
  call(instance, "go", 1000);
  CHECK(objects.made == 1000 && objects.most <= 101);
  safewasm_instance_delete(instance);
  delete_links(&links);
}

TEST(a_finalizer_in_a_call_may_enter_the_store) {
  links_t links = new_links();
  objects_t objects = {.links = &links, .may_enter = true};
  define_objects(&links, &objects);
  safewasm_instance_t *instance = instantiate(
      &links, "(module " IMPORTS "(func (export \"go\") (param i32) (result i32)"
              EACH_ROUND("(call $take (call $give))") " (local.get 0)))");
  call(instance, "go", 5000);
  CHECK(objects.made == 5000 && objects.most <= 4096);
  objects.may_enter = false;
  safewasm_instance_delete(instance);
  delete_links(&links);
}

static safewasm_error_t *make_many(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                   size_t slots_len) {
  objects_t *objects = env;
  (void)caller, (void)slots, (void)slots_len;
  for (int i = 0; i < rounds(); i++) {
    safewasm_ref_t *reference;
    if (++objects->live > objects->most) objects->most = objects->live;
    OK(safewasm_ref_new_extern(objects->links->store, objects, let_go, &reference));
    safewasm_ref_delete(reference);
  }
  return NULL;
}

TEST(a_host_function_that_does_not_return_keeps_a_bounded_number_of_objects) {
  links_t links = new_links();
  objects_t objects = {.links = &links};
  OK(safewasm_linker_define_func_slots(links.linker, NAME("env"), NAME("f"), links.unary,
                                       make_many, &objects, NULL));
  safewasm_instance_t *instance = instantiate(&links, USES_F);
  call(instance, "go", 0);
  CHECK(objects.most <= 4096);
  safewasm_instance_delete(instance);
  delete_links(&links);
  CHECK(objects.live == 0);
}

/* A chain of objects, each of which deletes the next one when it is finalized. */
typedef struct {
  void (*delete)(void *of);
  void *next;
  int *finalized;
  bool *runs;
} link_t;

static void delete_next(void *env) {
  link_t link = *(link_t *)env;
  free(env);
  CHECK(!*link.runs);
  *link.runs = true;
  ++*link.finalized;
  if (link.next != NULL) link.delete(link.next);
  *link.runs = false;
}

static link_t *new_link(void (*delete)(void *of), void *next, int *finalized, bool *runs) {
  link_t *link = malloc(sizeof *link);
  *link = (link_t){delete, next, finalized, runs};
  return link;
}

static void delete_error(void *error) { safewasm_error_delete(error); }
static void delete_store(void *store) { safewasm_store_delete(store); }
static void delete_linker(void *linker) { safewasm_linker_delete(linker); }

static void *new_error(links_t *links, link_t *link) {
  safewasm_error_t *error;
  (void)links;
  OK(safewasm_error_new("x", 1, link, delete_next, NULL, &error));
  return error;
}

static void *new_store(links_t *links, link_t *link) {
  safewasm_store_t *store;
  safewasm_func_t *func;
  OK(safewasm_store_new(links->engine, &store));
  OK(safewasm_func_new_slots(store, links->unary, next, link, delete_next, &func));
  return store;
}

static void *new_store_of_reference(links_t *links, link_t *link) {
  safewasm_store_t *store;
  safewasm_ref_t *reference;
  OK(safewasm_store_new(links->engine, &store));
  OK(safewasm_ref_new_extern(store, link, delete_next, &reference));
  return store;
}

static void *new_linker(links_t *links, link_t *link) {
  safewasm_linker_t *linker;
  OK(safewasm_linker_new(links->engine, &linker));
  OK(safewasm_linker_define_func_slots(linker, NAME("a"), NAME("b"), links->unary, next, link,
                                       delete_next));
  return linker;
}

static const struct {
  void *(*make)(links_t *links, link_t *link);
  void (*delete)(void *of);
  int len;
} CHAINS[] = {{new_error, delete_error, 200000},
              {new_linker, delete_linker, 20000},
              {new_store, delete_store, 20000},
              {new_store_of_reference, delete_store, 500}};

/* On a small stack, which a chain would overflow. */
static void *delete_chains(void *env) {
  links_t *links = env;
  bool is_slow = getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL;
  for (size_t i = 0; i < sizeof CHAINS / sizeof *CHAINS; i++) {
    int finalized = 0, len = is_slow ? CHAINS[i].len / 50 : CHAINS[i].len;
    bool runs = false;
    void *last = NULL;
    for (int k = 0; k < len; k++) {
      last = CHAINS[i].make(links, new_link(CHAINS[i].delete, last, &finalized, &runs));
    }
    CHAINS[i].delete(last);
    CHECK(finalized == len);
  }
  return NULL;
}

TEST(objects_that_delete_each_other_are_finalized_one_after_another) {
  links_t links = new_links();
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  CHECK(pthread_create(&thread, &attributes, delete_chains, &links) == 0);
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  delete_links(&links);
}

/* How many errors are still to follow, each made and deleted in the finalizer of the one before. */
static int to_follow;

static void follow(void *env) {
  safewasm_error_t *error = NULL;
  if (to_follow-- == 0) return;
  OK(safewasm_error_new(NAME("one of many"), env, follow, NULL, &error));
  safewasm_error_delete(error);
}

static safewasm_error_t *begin_to_follow(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                         size_t slots_len) {
  (void)caller, (void)slots, (void)slots_len;
  to_follow = 1000;
  follow(env);
  CHECK(to_follow > 990);
  return NULL;
}

TEST(finalizers_that_follow_from_one_another_hold_no_host_function_up) {
  links_t links = new_links();
  safewasm_functype_t *type = NULL;
  OK(safewasm_functype_new(links.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_linker_define_func_slots(links.linker, NAME("host"), NAME("begin"), type, begin_to_follow,
                                       NULL, NULL));
  safewasm_functype_delete(type);
  safewasm_instance_t *instance = instantiate(
      &links, "(module (import \"host\" \"begin\" (func $begin))"
              "  (func (export \"go\") (param i32) (result i32) (call $begin) (local.get 0)))");
  call(instance, "go", 1);
  /* All finalizers ran when the call ended. */
  CHECK(to_follow == -1);
  safewasm_instance_delete(instance);
  delete_links(&links);
}

/* The work of a thread in its last destructor. */
typedef struct {
  links_t *links;
  void (*body)(links_t *links);
  int turns;
} ending_t;

static pthread_key_t ending;

static void end_thread(void *env) {
  ending_t *of = env;
  /* So late that thread-local data with destructors would be gone. */
  if (--of->turns > 0) {
    pthread_setspecific(ending, of);
  } else {
    of->body(of->links);
  }
}

static void *run_to_the_end(void *env) {
  ending_t *of = env;
  safewasm_ref_t *reference;
  safewasm_store_t *store;
  int before = of->links->finalized;
  OK(safewasm_store_new(of->links->engine, &store));
  safewasm_store_delete(store);
  OK(safewasm_ref_new_extern(of->links->store, of->links, finalize, &reference));
  safewasm_ref_delete(reference);
  OK(safewasm_store_collect(of->links->store));
  CHECK(of->links->finalized == before + 1);
  pthread_setspecific(ending, of);
  return NULL;
}

static void at_the_end(links_t *links, void (*body)(links_t *links)) {
  for (int turns = 1; turns <= 3; turns++) {
    ending_t of = {links, body, turns};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, run_to_the_end, &of) == 0);
    pthread_join(thread, NULL);
    CHECK(of.turns == 0);
  }
}

static void finalize_in_store(void *env) {
  links_t *links = env;
  links->finalized++;
  OK(safewasm_store_collect(links->store));
}

static void collect(links_t *links) {
  int before = links->finalized;
  for (int i = 0; i < 10; i++) {
    safewasm_ref_t *reference;
    OK(safewasm_ref_new_extern(links->store, links, finalize_in_store, &reference));
    safewasm_ref_delete(reference);
  }
  OK(safewasm_store_collect(links->store));
  CHECK(links->finalized == before + 10);
}

static void finalize_in_linker(void *env) {
  links_t *links = env;
  size_t len;
  links->finalized++;
  if (safewasm_linker_is_valid(links->linker)) OK(safewasm_linker_len(links->linker, &len));
}

static void shadow(links_t *links) {
  int before = links->finalized;
  OK(safewasm_linker_allow_shadowing(links->linker, true));
  for (int i = 0; i < 3; i++) {
    OK(safewasm_linker_define_func_slots(links->linker, NAME("a"), NAME("b"), links->unary, next,
                                         links, finalize_in_linker));
  }
  CHECK(links->finalized >= before + 2);
}

static void delete_chain(links_t *links) { delete_chains(links); }

TEST(finalizers_run_in_the_last_destructors_of_a_thread) {
  links_t links = new_links();
  CHECK(pthread_key_create(&ending, end_thread) == 0);
  at_the_end(&links, collect);
  at_the_end(&links, shadow);
  at_the_end(&links, delete_chain);
  pthread_key_delete(ending);
  delete_links(&links);
}

/* A runtime that is told when its code runs. */
static int in_host;

static ptrdiff_t begin_host(void *env) {
  (void)env;
  return in_host++;
}

static void end_host(ptrdiff_t before, void *env) {
  (void)env;
  in_host--;
  CHECK(in_host == before);
}

static void finalize_in_host(void *env) {
  links_t *links = env;
  CHECK(in_host == 1);
  links->finalized++;
}

static safewasm_error_t *give_to_runtime(void *env, safewasm_caller_t *caller,
                                         const safewasm_val_t *args, size_t args_len,
                                         safewasm_val_t *results, size_t results_len) {
  links_t *links = env;
  (void)caller, (void)args, (void)args_len, (void)results_len;
  results[0].kind = SAFEWASM_VAL_REF;
  return safewasm_ref_new_extern(links->store, links, finalize_in_host,
                                 &results[0].of.reference);
}

TEST(a_runtime_is_told_before_a_finalizer_runs_in_a_call) {
  links_t links = {.engine = NULL};
  safewasm_hooks_t hooks = {
      .size = sizeof hooks, .begin_host = begin_host, .end_host = end_host};
  safewasm_config_t *config;
  safewasm_functype_t *type;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_signals_based_traps(config, false));
  OK(safewasm_config_set_hooks(config, &hooks));
  OK(safewasm_engine_new(config, &links.engine));
  OK(safewasm_store_new(links.engine, &links.store));
  OK(safewasm_linker_new(links.engine, &links.linker));
  OK(safewasm_functype_new(links.engine, NULL, 0, &EXTERNREF, 1, &type));
  OK(safewasm_linker_define_func(links.linker, NAME("env"), NAME("give"), type, give_to_runtime,
                                 &links, NULL));
  safewasm_instance_t *instance = instantiate(
      &links, "(module (import \"env\" \"give\" (func $give (result externref)))"
              "(func (export \"go\") (param i32) (result i32)"
              EACH_ROUND("(drop (call $give))") " (local.get 0)))");
  call(instance, "go", 5000);
  CHECK(links.finalized > 2000);
  in_host = 1; /* the rest is finalized with the store */
  safewasm_instance_delete(instance);
  safewasm_functype_delete(type);
  delete_links(&links);
  CHECK(links.finalized == 5000);
}

int main(void) {
  RUN(a_guest_that_does_not_return_keeps_a_bounded_number_of_objects);
  RUN(a_start_function_keeps_a_bounded_number_of_objects_too);
  RUN(a_collection_in_a_host_function_finalizes_before_it_returns);
  RUN(a_finalizer_in_a_call_may_enter_the_store);
  RUN(a_host_function_that_does_not_return_keeps_a_bounded_number_of_objects);
  RUN(objects_that_delete_each_other_are_finalized_one_after_another);
  RUN(finalizers_that_follow_from_one_another_hold_no_host_function_up);
  RUN(finalizers_run_in_the_last_destructors_of_a_thread);
  RUN(a_runtime_is_told_before_a_finalizer_runs_in_a_call);
  return finish("collected");
}
