/* Linkers: definitions, their names and their lifetimes. */
#include "links.h"

static const safewasm_valtype_t EXTERNREF = {
    .kind = SAFEWASM_VAL_REF, .heap = SAFEWASM_HEAP_EXTERN, .nullable = true};

static safewasm_error_t *twice(void *env, safewasm_caller_t *caller, const safewasm_val_t *args,
                               size_t args_len, safewasm_val_t *results, size_t results_len) {
  (void)caller;
  CHECK(args_len == 1 && results_len == 1);
  ((links_t *)env)->calls++;
  results[0] = (safewasm_val_t){SAFEWASM_VAL_I32, {.i32 = 2 * args[0].of.i32}};
  return NULL;
}

static safewasm_error_t *define_module(links_t *links, const char *name, const char *text) {
  safewasm_module_t *module = new_module(links->engine, text);
  safewasm_error_t *error = safewasm_linker_define_module(links->linker, links->store, name,
                                                          strlen(name), module);
  safewasm_module_delete(module);
  return error;
}

TEST(a_linker_gives_a_module_items_of_all_kinds) {
  links_t links = new_links();
  safewasm_extern_t items[5];
  const char *names[] = {"f", "m", "t", "g", "e"};
  safewasm_instance_t *from = instantiate(
      &links, "(module (func (export \"f\") (param i32) (result i32) (local.get 0))"
              "  (memory (export \"m\") 1) (table (export \"t\") 3 funcref)"
              "  (global (export \"g\") (mut i32) (i32.const 5)) (tag (export \"e\")))");
  for (int i = 0; i < 5; i++) {
    items[i] = get_export(from, names[i]);
    OK(safewasm_linker_define(links.linker, links.store, NAME("env"), names[i], 1, &items[i]));
    safewasm_extern_delete(&items[i]);
  }
  safewasm_instance_delete(from);
  safewasm_instance_t *instance = instantiate(
      &links, "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))"
              "  (import \"env\" \"m\" (memory 1)) (import \"env\" \"t\" (table 2 funcref))"
              "  (import \"env\" \"g\" (global $g (mut i32))) (import \"env\" \"e\" (tag $e))"
              "  (func (export \"go\") (param i32) (result i32)"
              "    (block $caught (try_table (catch $e $caught) (throw $e)) (unreachable))"
              "    (i32.store (i32.const 8) (call $f (local.get 0)))"
              "    (i32.add (i32.add (global.get $g) (table.size)) (i32.load (i32.const 8)))))");
  CHECK(call(instance, "go", 100) == 108);
  safewasm_instance_delete(instance);
  delete_links(&links);
}

TEST(a_host_function_of_a_linker_serves_all_stores_and_is_finalized_after_the_last) {
  links_t links = new_links();
  safewasm_store_t *other;
  OK(safewasm_store_new(links.engine, &other));
  OK(define_next(&links, "f"));
  safewasm_instance_t *instance = instantiate(&links, USES_F);
  OK(link_text(&links, other, USES_F));
  safewasm_linker_delete(links.linker);
  CHECK(!safewasm_linker_is_valid(links.linker) && links.finalized == 0);
  CHECK(call(instance, "go", 6) == 7 && links.calls == 1);
  safewasm_store_delete(links.store);
  CHECK(links.finalized == 0);
  safewasm_store_delete(other);
  CHECK(links.finalized == 1);
  safewasm_instance_delete(instance);
  delete_links(&links);
  CHECK(links.finalized == 1);
}

TEST(a_host_function_of_values_is_linked_too) {
  links_t links = new_links();
  safewasm_extern_t item;
  OK(safewasm_linker_define_func(links.linker, NAME("env"), NAME("f"), links.unary, twice, &links,
                                 finalize));
  safewasm_instance_t *instance = instantiate(&links, USES_F);
  CHECK(call(instance, "go", 21) == 42);
  OK(safewasm_linker_get(links.linker, links.store, NAME("env"), NAME("f"), &item));
  safewasm_slot_t slot = {.i32 = 4};
  OK(safewasm_func_call_slots(item.of.func, &slot, 1));
  CHECK(slot.i32 == 8 && links.calls == 2);
  safewasm_extern_delete(&item);
  safewasm_instance_delete(instance);
  delete_links(&links);
  CHECK(links.finalized == 1);
}

TEST(a_host_function_that_is_not_defined_is_finalized_at_once) {
  links_t links = new_links(), other = new_links();
  safewasm_functype_t *of_reference;
  OK(safewasm_functype_new(links.engine, &EXTERNREF, 1, NULL, 0, &of_reference));
#define DEFINE(linker, name, type, callback)                                               \
  safewasm_linker_define_func_slots(linker, NAME("env"), name, 1, type, callback, &links, \
                                    finalize)
  OK(DEFINE(links.linker, "f", links.unary, next));
  FAILS(DEFINE(links.linker, "f", links.unary, next), INVALID_ARGUMENT,
        "`f` of `env` is defined already");
  CHECK(links.finalized == 1);
  FAILS(DEFINE(NULL, "g", links.unary, next), NULL_POINTER, "`linker`");
  FAILS(DEFINE(links.linker, NULL, links.unary, next), NULL_POINTER, "`name`");
  FAILS(DEFINE(links.linker, "g", NULL, next), NULL_POINTER, "`functype`");
  FAILS(DEFINE(links.linker, "g", links.unary, NULL), NULL_POINTER, "`callback`");
  FAILS(DEFINE(links.linker, "g", other.unary, next), WRONG_ENGINE, "`functype`");
  FAILS(DEFINE(links.linker, "g", of_reference, next), UNSUPPORTED, "(externref) -> ()");
  CHECK(links.finalized == 7);
  safewasm_functype_delete(of_reference);
  delete_links(&other);
  delete_links(&links);
  CHECK(links.finalized == 8);
}

TEST(a_whole_instance_is_defined_or_nothing_of_it) {
  links_t links = new_links();
  size_t len;
  safewasm_instance_t *from = instantiate(
      &links, "(module (func (export \"a\") (param i32) (result i32) (i32.const 9))"
              "  (func (export \"f\") (param i32) (result i32) (i32.const 8)))");
  OK(define_next(&links, "f"));
  FAILS(safewasm_linker_define_instance(links.linker, NAME("env"), from), INVALID_ARGUMENT,
        "`f` of `env` is defined already");
  OK(safewasm_linker_len(links.linker, &len));
  CHECK(len == 1);
  FAILS(link_text(&links, links.store, "(module (import \"env\" \"a\" (func)))"), LINK, "`a`");
  OK(safewasm_linker_define_instance(links.linker, NAME("lib"), from));
  OK(safewasm_linker_len(links.linker, &len));
  CHECK(len == 3);
  safewasm_instance_delete(from);
  safewasm_instance_t *instance = instantiate(
      &links, "(module (import \"lib\" \"a\" (func $a (param i32) (result i32)))"
              "  (func (export \"go\") (param i32) (result i32) (call $a (local.get 0))))");
  CHECK(call(instance, "go", 0) == 9);
  safewasm_instance_delete(instance);
  delete_links(&links);
}

/* Counts calls of `count` in an instance. */
#define COUNTS                                                      \
  "(global $n (mut i32) (i32.const 0))"                             \
  "(func (export \"count\") (param i32) (result i32)"               \
  "  (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))"

static const char *USES_COUNT =
    "(module (import \"lib\" \"count\" (func $count (param i32) (result i32)))"
    "  (func (export \"go\") (param i32) (result i32)"
    "    (drop (call $count (i32.const 0))) (call $count (i32.const 0))))";

TEST(a_command_gets_an_instance_for_each_call) {
  links_t links = new_links();
  OK(define_next(&links, "f"));
  OK(define_module(&links, "lib",
                   "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))" COUNTS
                   "  (func (export \"_start\") (drop (call $f (i32.const 1)))))"));
  safewasm_instance_t *instance = instantiate(&links, USES_COUNT);
  CHECK(call(instance, "go", 0) == 1);
  safewasm_extern_t start;
  OK(safewasm_linker_get(links.linker, links.store, NAME("lib"), NAME("_start"), &start));
  OK(safewasm_func_call_slots(start.of.func, NULL, 0));
  OK(safewasm_func_call_slots(start.of.func, NULL, 0));
  CHECK(links.calls == 2);
  safewasm_extern_delete(&start);
  safewasm_instance_delete(instance);
  delete_links(&links);
}

TEST(a_reactor_is_initialised_once) {
  links_t links = new_links();
  OK(define_next(&links, "f"));
  OK(define_module(&links, "lib",
                   "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))" COUNTS
                   "  (func (export \"_initialize\") (drop (call $f (i32.const 1)))))"));
  CHECK(links.calls == 1);
  safewasm_instance_t *instance = instantiate(&links, USES_COUNT);
  CHECK(call(instance, "go", 0) == 2 && call(instance, "go", 0) == 4 && links.calls == 1);
  safewasm_instance_delete(instance);
  FAILS(define_module(&links, "lib", "(module (func (export \"count\")))"), INVALID_ARGUMENT,
        "`count` of `lib` is defined already");
  delete_links(&links);
}

TEST(a_module_that_cannot_be_defined_defines_nothing) {
  links_t links = new_links();
  size_t len;
  FAILS(define_module(&links, "lib", "(module (func (export \"_start\"))"
                                     "  (func (export \"_initialize\")))"), INVALID_MODULE, "both");
  FAILS(define_module(&links, "lib", "(module (func (export \"a\"))"
                                     "  (func (export \"_initialize\") (unreachable)))"), TRAP,
        "unreachable");
  FAILS(define_module(&links, "lib", "(module (import \"x\" \"y\" (func)) (func (export \"a\")))"),
        LINK, "`y` of module `x` is missing");
  FAILS(define_module(&links, "lib", "(module (import \"x\" \"y\" (func))"
                                     "  (func (export \"_start\")))"), LINK, "`y`");
  FAILS(define_module(&links, "lib", "(module (func (export \"_initialize\") (param i32)))"),
        INVALID_MODULE, "`_initialize` of `module` must be func () -> (), but is func (i32) -> ()");
  FAILS(define_module(&links, "lib",
                      "(module (func (export \"_start\") (result i32) i32.const 1))"),
        INVALID_MODULE, "`_start`");
  FAILS(define_module(&links, "lib",
                      "(module (global (export \"_initialize\") i32 i32.const 1))"),
        INVALID_MODULE, "`_initialize`");
  OK(safewasm_linker_len(links.linker, &len));
  CHECK(len == 0);
  safewasm_store_t *other; /* and the linker isn't bound to the store */
  OK(safewasm_store_new(links.engine, &other));
  OK(link_text(&links, other, "(module)"));
  safewasm_store_delete(other);
  delete_links(&links);
}

TEST(shadowing_takes_the_place_of_a_definition_but_not_in_what_was_linked) {
  links_t links = new_links();
  safewasm_module_t *module = new_module(links.engine, USES_F);
  safewasm_instancepre_t *pre;
  safewasm_instance_t *old, *new;
  size_t len;
  OK(define_next(&links, "f"));
  OK(safewasm_linker_instantiate_pre(links.linker, module, &pre));
  OK(safewasm_linker_allow_shadowing(links.linker, true));
  OK(safewasm_linker_define_func(links.linker, NAME("env"), NAME("f"), links.unary, twice, &links,
                                 finalize));
  CHECK(links.finalized == 0); /* the pre-instantiation keeps it */
  OK(safewasm_linker_len(links.linker, &len));
  OK(safewasm_instancepre_instantiate(pre, links.store, &old));
  OK(safewasm_linker_instantiate(links.linker, links.store, module, &new));
  CHECK(call(old, "go", 10) == 11 && call(new, "go", 10) == 20 && len == 1);
  OK(safewasm_linker_allow_shadowing(links.linker, false));
  FAILS(define_next(&links, "f"), INVALID_ARGUMENT, "call `safewasm_linker_allow_shadowing`");
  CHECK(links.finalized == 1);
  safewasm_store_delete(links.store);
  safewasm_linker_delete(links.linker);
  CHECK(links.finalized == 2);
  safewasm_instancepre_delete(pre);
  CHECK(!safewasm_instancepre_is_valid(pre) && links.finalized == 3);
  safewasm_instance_delete(old);
  safewasm_instance_delete(new);
  safewasm_module_delete(module);
  delete_links(&links);
}

static void define_again(void *env) {
  links_t *links = env;
  size_t len;
  links->finalized++;
  OK(safewasm_linker_len(links->linker, &len));
  CHECK(len == 1);
  OK(define_next(links, "f")); /* this one is finalized as usual */
}

TEST(a_finalizer_may_use_the_linker_that_let_go_of_its_function) {
  links_t links = new_links();
  OK(safewasm_linker_allow_shadowing(links.linker, true));
  OK(safewasm_linker_define_func_slots(links.linker, NAME("env"), NAME("f"), links.unary, next,
                                       &links, define_again));
  OK(define_next(&links, "f"));
  CHECK(links.finalized == 2);
  delete_links(&links);
  CHECK(links.finalized == 3);
}

TEST(an_unknown_import_traps_with_its_name) {
  links_t links = new_links();
  safewasm_module_t *module = new_module(
      links.engine, "(module (import \"env\" \"abort\" (func $f (param i32 externref)))"
                    "  (import \"env\" \"f\" (func $g (param i32) (result i32)))"
                    "  (func (export \"go\") (param i32) (result i32) (call $g (local.get 0)))"
                    "  (func (export \"boom\") (call $f (i32.const 1) (ref.null extern))))");
  safewasm_instance_t *instance;
  OK(define_next(&links, "f"));
  OK(safewasm_linker_define_unknown_imports_as_traps(links.linker, module));
  OK(safewasm_linker_instantiate(links.linker, links.store, module, &instance));
  CHECK(call(instance, "go", 1) == 2); /* definitions stay */
  safewasm_extern_t boom = get_export(instance, "boom");
  safewasm_error_t *error = safewasm_func_call_slots(boom.of.func, NULL, 0);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_OTHER);
  CHECK(safewasm_error_frames_len(error) == 1);
  FAILS(error, TRAP, "the import `abort` of module `env`");
  CHECK(call(instance, "go", 2) == 3);
  safewasm_extern_delete(&boom);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  delete_links(&links);
}

TEST(an_unknown_import_gets_a_default_value) {
  links_t links = new_links();
  safewasm_module_t *module = new_module(
      links.engine,
      "(module (import \"x\" \"f\" (func $f (param i32) (result i32 externref)))"
      "  (import \"x\" \"m\" (memory 2)) (import \"x\" \"t\" (table 3 funcref))"
      "  (import \"x\" \"g\" (global $g f64))"
      "  (func (export \"go\") (param i32) (result i32)"
      "    (call $f (local.get 0)) (drop) (i32.add (i32.trunc_f64_s (global.get $g)))"
      "    (i32.add (i32.add (memory.size) (table.size)))))");
  safewasm_instance_t *instance;
  OK(safewasm_linker_define_unknown_imports_as_default_values(links.linker, links.store, module));
  OK(safewasm_linker_instantiate(links.linker, links.store, module, &instance));
  CHECK(call(instance, "go", 7) == 5);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  module = new_module(links.engine, "(module (import \"x\" \"r\" (global (ref func))))");
  FAILS(safewasm_linker_define_unknown_imports_as_default_values(links.linker, links.store,
                                                                 module),
        LINK, "`r` of module `x`");
  safewasm_module_delete(module);
  /* Then nothing is defined, not even the exports before that one. */
  module = new_module(links.engine, "(module (import \"x\" \"first\" (memory 1))"
                                    "  (import \"x\" \"r\" (global (ref func))))");
  size_t before, after;
  OK(safewasm_linker_len(links.linker, &before));
  FAILS(safewasm_linker_define_unknown_imports_as_default_values(links.linker, links.store,
                                                                 module),
        LINK, "`r` of module `x`");
  OK(safewasm_linker_len(links.linker, &after));
  CHECK(before == 4 && after == 4);
  safewasm_module_delete(module);
  delete_links(&links);
}

TEST(definitions_are_looked_up_and_listed) {
  links_t links = new_links();
  safewasm_text_t module_name, name, text;
  safewasm_externtype_t *type;
  safewasm_extern_t item, global = {.kind = SAFEWASM_EXTERN_GLOBAL};
  safewasm_val_t value = {SAFEWASM_VAL_I32, {.i32 = 6}}, found;
  safewasm_globaltype_t of = {.content = I32, .is_mutable = true};
  OK(define_next(&links, "f"));
  OK(safewasm_global_new(links.store, &of, &value, &global.of.global));
  OK(safewasm_linker_define(links.linker, links.store, NAME("env"), NAME("g"), &global));
  OK(safewasm_linker_get(links.linker, links.store, NAME("env"), NAME("g"), &item));
  CHECK(item.kind == SAFEWASM_EXTERN_GLOBAL);
  OK(safewasm_global_get(item.of.global, &found));
  CHECK(found.of.i32 == 6);
  safewasm_extern_delete(&item);
  FAILS(safewasm_linker_get(links.linker, links.store, NAME("env"), NAME("q"), &item), NOT_FOUND,
        "did you mean `f` of `env`, or `g` of `env`?");
  CHECK(item.kind == 0 && item.of.func == NULL);
  OK(safewasm_linker_definition(links.linker, 1, &module_name, &name, &type));
  OK(safewasm_externtype_text(type, &text));
  CHECK(strcmp(module_name.data, "env") == 0 && strcmp(name.data, "g") == 0);
  CHECK(strcmp(text.data, "(global (mut i32))") == 0);
  safewasm_externtype_delete(type);
  FAILS(safewasm_linker_definition(links.linker, 2, &module_name, &name, &type), NOT_FOUND,
        "`index` is 2");
  CHECK(module_name.data == NULL && name.data == NULL && type == NULL);
  safewasm_extern_delete(&global);
  delete_links(&links);
}

TEST(the_type_of_a_definition_keeps_its_names_when_the_linker_is_deleted) {
  links_t links = new_links();
  safewasm_text_t module_name, name;
  safewasm_externtype_t *type;
  OK(define_next(&links, "f"));
  OK(safewasm_linker_definition(links.linker, 0, &module_name, &name, &type));
  delete_links(&links);
  CHECK(strcmp(module_name.data, "env") == 0 && strcmp(name.data, "f") == 0);
  safewasm_externtype_delete(type);
}

TEST(a_name_may_have_nul_in_it_but_is_utf8) {
  links_t links = new_links();
  safewasm_text_t module_name, name;
  safewasm_externtype_t *type;
  safewasm_extern_t item;
#define DEFINE_AS(module_name, name)                                                       \
  safewasm_linker_define_func_slots(links.linker, module_name, name, links.unary, next, &links, \
                                    NULL)
  OK(DEFINE_AS(NAME("e\0v"), NAME("")));
  OK(DEFINE_AS(NAME("e\0v"), NAME("\0")));
  FAILS(DEFINE_AS(NAME("e\0v"), NAME("\0")), INVALID_ARGUMENT,
        "`\\0` of `e\\0v` is defined already"); /* a C program can print all of it */
  FAILS(DEFINE_AS(NAME("\xff"), NAME("f")), INVALID_ARGUMENT, "`module_name` is not UTF-8");
  FAILS(DEFINE_AS(NAME("e"), NAME("a\xc3")), INVALID_ARGUMENT, "`name` is not UTF-8");
  OK(safewasm_linker_definition(links.linker, 1, &module_name, &name, &type));
  CHECK(module_name.len == 3 && memcmp(module_name.data, "e\0v", 4) == 0);
  CHECK(name.len == 1 && memcmp(name.data, "\0", 2) == 0);
  safewasm_externtype_delete(type);
  OK(link_text(&links, links.store,
               "(module (import \"e\\00v\" \"\\00\" (func (param i32) (result i32))))"));
  FAILS(safewasm_linker_get(links.linker, links.store, NAME("\x80"), NAME(""), &item),
        INVALID_ARGUMENT, "`module_name` is not UTF-8");
  FAILS(safewasm_linker_get(links.linker, links.store, NAME("e"), NAME("v"), &item), NOT_FOUND,
        "`v` of `e`");
  delete_links(&links);
}

int main(void) {
  RUN(a_linker_gives_a_module_items_of_all_kinds);
  RUN(a_host_function_of_a_linker_serves_all_stores_and_is_finalized_after_the_last);
  RUN(a_host_function_of_values_is_linked_too);
  RUN(a_host_function_that_is_not_defined_is_finalized_at_once);
  RUN(a_whole_instance_is_defined_or_nothing_of_it);
  RUN(a_command_gets_an_instance_for_each_call);
  RUN(a_reactor_is_initialised_once);
  RUN(a_module_that_cannot_be_defined_defines_nothing);
  RUN(shadowing_takes_the_place_of_a_definition_but_not_in_what_was_linked);
  RUN(a_finalizer_may_use_the_linker_that_let_go_of_its_function);
  RUN(an_unknown_import_traps_with_its_name);
  RUN(an_unknown_import_gets_a_default_value);
  RUN(definitions_are_looked_up_and_listed);
  RUN(the_type_of_a_definition_keeps_its_names_when_the_linker_is_deleted);
  RUN(a_name_may_have_nul_in_it_but_is_utf8);
  return finish("linker");
}
