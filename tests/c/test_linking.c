/* Instances made by linkers: imports that fit or don't fit, and stores. */
#include "links.h"
#include <pthread.h>

static const safewasm_valtype_t FUNCREF = {
    .kind = SAFEWASM_VAL_FUNC, .heap = SAFEWASM_HEAP_FUNC, .nullable = true};

TEST(a_pre_instantiation_serves_many_stores_and_outlives_its_linker) {
  links_t links = new_links();
  safewasm_module_t *module = new_module(links.engine, USES_F);
  safewasm_instancepre_t *pre;
  OK(define_next(&links, "f"));
  OK(safewasm_linker_instantiate_pre(links.linker, module, &pre));
  safewasm_linker_delete(links.linker);
  safewasm_module_delete(module);
  for (int i = 0; i < 20; i++) {
    safewasm_store_t *store;
    safewasm_instance_t *instance;
    OK(safewasm_store_new(links.engine, &store));
    OK(safewasm_instancepre_instantiate(pre, store, &instance));
    CHECK(call(instance, "go", i) == i + 1);
    safewasm_instance_delete(instance);
    safewasm_store_delete(store);
  }
  CHECK(links.calls == 20 && links.finalized == 0);
  safewasm_instancepre_delete(pre);
  CHECK(links.finalized == 1);
  delete_links(&links);
}

TEST(what_does_not_fit_is_told_with_names_and_types) {
  links_t links = new_links();
  OK(define_next(&links, "increment"));
  FAILS(link_text(&links, links.store,
                  "(module (import \"env\" \"incremnt\" (func (param i32) (result i32))))"),
        LINK, "the import `incremnt` of module `env` is missing: expected func (i32) -> i32; "
              "did you mean `increment` of `env`?");
  FAILS(link_text(&links, links.store, "(module (import \"host\" \"increment\" (func)))"), LINK,
        "did you mean `increment` of `env`?");
  safewasm_error_t *error = link_text(
      &links, links.store, "(module (import \"completely\" \"different\" (memory 1 3)))");
  CHECK(strstr(safewasm_error_message(error, NULL), "did you mean") == NULL);
  FAILS(error, LINK, "memory 1 3");
  FAILS(link_text(&links, links.store,
                  "(module (import \"env\" \"increment\" (func (param i64))))"),
        LINK, "expected func (i64) -> (), given func (i32) -> i32");
  FAILS(link_text(&links, links.store, "(module (import \"env\" \"increment\" (memory 1)))"), LINK,
        "expected memory 1, given func (i32) -> i32");
  safewasm_module_t *module =
      new_module(links.engine, "(module (import \"env\" \"nothing\" (table 1 funcref)))");
  safewasm_instancepre_t *pre;
  FAILS(safewasm_linker_instantiate_pre(links.linker, module, &pre), LINK, "`nothing`");
  CHECK(pre == NULL);
  safewasm_module_delete(module);
  delete_links(&links);
}

TEST(all_imports_that_are_missing_are_told_with_their_types) {
  links_t links = new_links();
  OK(define_next(&links, "increment"));
  const char *text = "(module (import \"env\" \"incremnt\" (func (param i32) (result i32)))"
                     "  (import \"env\" \"increment\" (func (param i32) (result i32)))"
                     "  (import \"env\" \"memory\" (memory 1 3))"
                     "  (import \"wasi\" \"args\" (global (mut i64))))";
  FAILS(link_text(&links, links.store, text), LINK,
        "3 imports are missing:\n"
        "  `incremnt` of module `env`: func (i32) -> i32; did you mean `increment` of `env`?\n"
        "  `memory` of module `env`: memory 1 3\n"
        "  `args` of module `wasi`: global (mut i64)");
  safewasm_module_t *module = new_module(links.engine, text);
  safewasm_instance_t *instance;
  FAILS(safewasm_instance_new(links.store, module, NULL, 0, &instance), LINK,
        "4 imports are missing:\n  `incremnt` of module `env`: func (i32) -> i32\n");
  FAILS(safewasm_instance_new(links.store, module, NULL, 0, &instance), LINK,
        "(`imports_len` is 0, and the module has 4 imports)");
  safewasm_module_delete(module);
  delete_links(&links);
}

TEST(however_many_imports_are_missing_the_message_is_short) {
  links_t links = new_links();
  enum { COUNT = 20000, LONGEST = 80 };
  static char text[COUNT * LONGEST];
  size_t len = (size_t)sprintf(text, "(module");
  for (int i = 0; i < COUNT; i++)
    len += (size_t)sprintf(text + len, "(import \"module%d\" \"name%d\" (func))", i % 7, i);
  for (int i = 0; i < 2000; i++) {
    char name[32];
    (void)sprintf(name, "nome%d", i);
    OK(define_next(&links, name));
  }
  (void)sprintf(text + len, ")");
  safewasm_error_t *error = link_text(&links, links.store, text);
  size_t said;
  (void)safewasm_error_message(error, &said);
  CHECK(said < 4000);
  FAILS(error, LINK, "and 19990 more");
  delete_links(&links);
}

TEST(of_imports_of_one_name_the_one_that_does_not_fit_is_told) {
  links_t links = new_links();
  OK(define_next(&links, "f"));
  FAILS(link_text(&links, links.store,
                  "(module (import \"env\" \"f\" (func (param i32) (result i32)))"
                  "  (import \"env\" \"f\" (func (param i64))))"),
        LINK, "expected func (i64) -> (), given func (i32) -> i32");
  OK(define_next(&links, "f` of"));
  FAILS(link_text(&links, links.store,
                  "(module (import \"env\" \"f\" (func (param i32) (result i32)))"
                  "  (import \"env\" \"f` of\" (func (param f32))))"),
        LINK, "`f` of` of module `env` is of another type: expected func (f32) -> ()");
  delete_links(&links);
}

TEST(a_linker_of_another_store_is_refused_whatever_the_module_imports) {
  const char *types[] = {"(memory 1)", "(table 1 funcref)", "(global i32)"};
  for (int i = 0; i < 3; i++) {
    links_t links = new_links();
    safewasm_store_t *second;
    char text[100], start[150];
    snprintf(text, sizeof text, "(module (import \"env\" \"x\" %s))", types[i]);
    snprintf(start, sizeof start, "(module (import \"env\" \"x\" %s) (func (export \"_start\")))",
             types[i]);
    safewasm_module_t *module = new_module(links.engine, text);
    safewasm_module_t *command = new_module(links.engine, start);
    OK(safewasm_store_new(links.engine, &second));
    OK(safewasm_linker_define_unknown_imports_as_default_values(links.linker, links.store,
                                                                module));
    for (int round = 0; round < 2; round++) {
      FAILS(link_text(&links, second, text), WRONG_STORE, "`linker` holds items of another store");
      FAILS(safewasm_linker_define_module(links.linker, second, NAME("m"), module), WRONG_STORE,
            "`linker`");
      FAILS(safewasm_linker_define_module(links.linker, second, NAME("m"), command), WRONG_STORE,
            "`linker`");
    }
    OK(safewasm_store_collect(second)); /* nothing has happened to it */
    OK(link_text(&links, links.store, text));
    safewasm_module_delete(module);
    safewasm_module_delete(command);
    safewasm_store_delete(second);
    delete_links(&links);
  }
}

TEST(a_linker_with_items_of_a_store_works_with_that_one_only) {
  links_t links = new_links(), other = new_links();
  safewasm_store_t *second;
  safewasm_module_t *module =
      new_module(links.engine, "(module (import \"env\" \"t\" (table 1 funcref)))");
  safewasm_instance_t *instance;
  safewasm_instancepre_t *pre;
  safewasm_tabletype_t type = {.min = 1, .element = FUNCREF};
  safewasm_extern_t table = {.kind = SAFEWASM_EXTERN_TABLE}, item;
  OK(safewasm_store_new(links.engine, &second));
  OK(safewasm_table_new(links.store, &type, NULL, &table.of.table));
#define DEFINE_IN(store) \
  safewasm_linker_define(links.linker, store, NAME("env"), NAME("t"), &table)
  FAILS(DEFINE_IN(second), WRONG_STORE, "`item.of.table`");
  FAILS(DEFINE_IN(other.store), WRONG_ENGINE, "`linker`");
  FAILS(DEFINE_IN(NULL), NULL_POINTER, "`store`");
  OK(DEFINE_IN(links.store));
  FAILS(link_text(&links, second, "(module)"), WRONG_STORE, "`linker`");
  FAILS(safewasm_linker_get(links.linker, second, NAME("env"), NAME("t"), &item), WRONG_STORE,
        "`linker`");
  OK(safewasm_linker_instantiate_pre(links.linker, module, &pre));
  FAILS(safewasm_instancepre_instantiate(pre, second, &instance), WRONG_STORE, "`instancepre`");
  FAILS(safewasm_instancepre_instantiate(pre, other.store, &instance), WRONG_ENGINE,
        "`instancepre`");
  OK(safewasm_instancepre_instantiate(pre, links.store, &instance));
  safewasm_instance_delete(instance);
  FAILS(safewasm_linker_instantiate(other.linker, other.store, module, &instance), WRONG_ENGINE,
        "`module`");
  FAILS(safewasm_linker_instantiate(other.linker, links.store, module, &instance), WRONG_ENGINE,
        "`linker`");
  FAILS(safewasm_linker_define_unknown_imports_as_traps(other.linker, module), WRONG_ENGINE,
        "`module`");
  /* When the store is deleted, the linker stays bound to it. */
  safewasm_store_delete(links.store);
  FAILS(link_text(&links, second, "(module)"), WRONG_STORE, "`linker`");
  safewasm_instancepre_delete(pre);
  safewasm_module_delete(module);
  safewasm_extern_delete(&table);
  safewasm_store_delete(second);
  delete_links(&other);
  delete_links(&links);
}

TEST(a_memory_or_table_that_has_grown_fits_a_module_that_needs_more) {
  links_t links = new_links();
  safewasm_memorytype_t of = {.min = 1};
  safewasm_tabletype_t list = {.min = 1, .element = FUNCREF};
  safewasm_extern_t memory = {.kind = SAFEWASM_EXTERN_MEMORY};
  safewasm_extern_t table = {.kind = SAFEWASM_EXTERN_TABLE};
  uint64_t previous;
  const char *needs_more = "(module (import \"env\" \"m\" (memory 3))"
                           "  (import \"env\" \"t\" (table 5 funcref)))";
  OK(safewasm_memory_new(links.store, &of, &memory.of.memory));
  OK(safewasm_table_new(links.store, &list, NULL, &table.of.table));
  OK(safewasm_linker_define(links.linker, links.store, NAME("env"), NAME("m"), &memory));
  OK(safewasm_linker_define(links.linker, links.store, NAME("env"), NAME("t"), &table));
  FAILS(link_text(&links, links.store, needs_more), LINK, "expected memory 3, given memory 1");
  OK(safewasm_memory_grow(memory.of.memory, 2, &previous));
  /* An item has its current size. */
  FAILS(link_text(&links, links.store, needs_more), LINK, "`t` of module `env`");
  FAILS(link_text(&links, links.store, "(module (import \"env\" \"m\" (memory 9)))"), LINK,
        "expected memory 9, given memory 3");
  OK(safewasm_table_grow(table.of.table, 4, NULL, &previous));
  /* A pre-instantiation uses the last size that was seen: 3 for the memory, 1 for the table. */
  safewasm_module_t *module = new_module(links.engine, needs_more);
  safewasm_instancepre_t *pre;
  FAILS(safewasm_linker_instantiate_pre(links.linker, module, &pre), LINK, "`t` of module `env`");
  OK(link_text(&links, links.store, needs_more));
  OK(safewasm_linker_instantiate_pre(links.linker, module, &pre));
  safewasm_instancepre_delete(pre);
  safewasm_module_delete(module);
  safewasm_extern_delete(&memory);
  safewasm_extern_delete(&table);
  delete_links(&links);
}

static safewasm_error_t *use_linker(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                    size_t slots_len) {
  links_t *links = env;
  safewasm_extern_t item;
  (void)caller, (void)slots_len;
  OK(safewasm_linker_get(links->linker, links->store, NAME("env"), NAME("f"), &item));
  safewasm_extern_delete(&item);
  OK(define_next(links, "g"));
  safewasm_instance_t *instance = instantiate(
      links, "(module (import \"env\" \"g\" (func $g (param i32) (result i32)))"
             "  (func (export \"go\") (param i32) (result i32) (call $g (local.get 0))))");
  slots[0].i32 = call(instance, "go", slots[0].i32);
  safewasm_instance_delete(instance);
  safewasm_linker_delete(links->linker);
  CHECK(links->finalized == 0);
  return NULL;
}

TEST(a_host_function_may_use_and_delete_the_linker_that_it_is_defined_in) {
  links_t links = new_links();
  OK(safewasm_linker_define_func_slots(links.linker, NAME("env"), NAME("f"), links.unary,
                                       use_linker, &links, finalize));
  safewasm_instance_t *instance = instantiate(&links, USES_F);
  CHECK(call(instance, "go", 1) == 2 && links.calls == 1);
  safewasm_instance_delete(instance);
  delete_links(&links);
  CHECK(links.finalized == 2);
}

static safewasm_error_t *define_x(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                  size_t slots_len) {
  links_t *links = env;
  (void)caller, (void)slots, (void)slots_len;
  return safewasm_linker_define_func_slots(links->linker, NAME("lib"), NAME("x"), links->unary,
                                           next, links, finalize);
}

static safewasm_error_t *delete_all(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                    size_t slots_len) {
  (void)caller, (void)slots, (void)slots_len;
  delete_links(env);
  return NULL;
}

TEST(an_initialize_function_may_define_in_and_delete_the_linker_that_waits_for_it) {
  const safewasm_slot_callback_t callbacks[] = {define_x, delete_all};
  for (int i = 0; i < 2; i++) {
    links_t links = new_links();
    safewasm_functype_t *type;
    size_t len;
    OK(safewasm_functype_new(links.engine, NULL, 0, NULL, 0, &type));
    OK(safewasm_linker_define_func_slots(links.linker, NAME("e"), NAME("f"), type, callbacks[i],
                                         &links, finalize));
    safewasm_functype_delete(type);
    safewasm_module_t *module = new_module(
        links.engine, "(module (import \"e\" \"f\" (func $f))"
                      "  (func (export \"_initialize\") (call $f)) (func (export \"x\")))");
    safewasm_error_t *error =
        safewasm_linker_define_module(links.linker, links.store, NAME("lib"), module);
    if (i == 0) {
      FAILS(error, INVALID_ARGUMENT, "`x` of `lib` is defined already");
      OK(safewasm_linker_len(links.linker, &len));
      CHECK(len == 2 && links.finalized == 0);
    } else {
      OK(error);
      CHECK(links.finalized == 1 && !safewasm_linker_is_valid(links.linker));
    }
    safewasm_module_delete(module);
    delete_links(&links);
    CHECK(links.finalized == 2 - i);
  }
}

TEST(a_start_function_that_traps_is_the_error_of_its_instance) {
  links_t links = new_links();
  const char *traps = "(module (func $start (unreachable)) (start $start))";
  safewasm_module_t *module = new_module(links.engine, traps);
  safewasm_instancepre_t *pre;
  safewasm_instance_t *instance;
  safewasm_error_t *error = link_text(&links, links.store, traps);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_UNREACHABLE);
  CHECK(safewasm_error_frames_len(error) == 1);
  FAILS(error, TRAP, "unreachable");
  OK(safewasm_linker_instantiate_pre(links.linker, module, &pre));
  FAILS(safewasm_instancepre_instantiate(pre, links.store, &instance), TRAP, "unreachable");
  CHECK(instance == NULL);
  OK(link_text(&links, links.store, "(module)"));
  safewasm_instancepre_delete(pre);
  safewasm_module_delete(module);
  delete_links(&links);
}

static void *link_often(void *env) {
  links_t *links = env, mine = *links;
  safewasm_module_t *module = new_module(links->engine, USES_F);
  OK(safewasm_store_new(links->engine, &mine.store));
  for (int i = 0; i < 50; i++) {
    char name[40];
    snprintf(name, sizeof name, "%p %d", (void *)&mine, i);
    OK(safewasm_linker_define_func_slots(links->linker, NAME("env"), name, strlen(name),
                                         links->unary, next, links, NULL));
    safewasm_instance_t *instance;
    OK(safewasm_linker_instantiate(links->linker, mine.store, module, &instance));
    CHECK(call(instance, "go", i) == i + 100);
    safewasm_instance_delete(instance);
  }
  safewasm_store_delete(mine.store);
  safewasm_module_delete(module);
  return NULL;
}

static safewasm_error_t *add_100(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                 size_t slots_len) {
  (void)env, (void)caller, (void)slots_len;
  slots[0].i32 += 100;
  return NULL;
}

TEST(threads_use_a_linker_at_once) {
  links_t links = new_links();
  pthread_t threads[2];
  size_t len;
  OK(safewasm_linker_define_func_slots(links.linker, NAME("env"), NAME("f"), links.unary, add_100,
                                       NULL, NULL));
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, link_often, &links);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  OK(safewasm_linker_len(links.linker, &len));
  CHECK(len == 101);
  delete_links(&links);
}

int main(void) {
  RUN(a_pre_instantiation_serves_many_stores_and_outlives_its_linker);
  RUN(what_does_not_fit_is_told_with_names_and_types);
  RUN(all_imports_that_are_missing_are_told_with_their_types);
  RUN(however_many_imports_are_missing_the_message_is_short);
  RUN(of_imports_of_one_name_the_one_that_does_not_fit_is_told);
  RUN(a_linker_of_another_store_is_refused_whatever_the_module_imports);
  RUN(a_linker_with_items_of_a_store_works_with_that_one_only);
  RUN(a_memory_or_table_that_has_grown_fits_a_module_that_needs_more);
  RUN(a_host_function_may_use_and_delete_the_linker_that_it_is_defined_in);
  RUN(an_initialize_function_may_define_in_and_delete_the_linker_that_waits_for_it);
  RUN(a_start_function_that_traps_is_the_error_of_its_instance);
  RUN(threads_use_a_linker_at_once);
  return finish("linking");
}
