/*
 * A host function of a component: it takes a string and returns one.
 *
 *   cc -Iinclude examples/componenthost.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o componenthost
 */
#include <ctype.h>
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>

// A component whose function passes a string to the function `loud` of an interface that it imports.
static const char COMPONENT[] =
    "(component"
    "  (import \"docs:host/text@0.1.0\" (instance $text"
    "    (export \"loud\" (func (param \"text\" string) (result string)))))"
    "  (core module $memory"
    "    (memory (export \"memory\") 1)"
    "    (global $free (mut i32) (i32.const 16))"
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)"
    "      (global.get $free)"
    "      (global.set $free (i32.add (global.get $free) (local.get 3)))))"
    "  (core instance $memory (instantiate $memory))"
    "  (core func $loud (canon lower (func $text \"loud\")"
    "    (memory (core memory $memory \"memory\"))"
    "    (realloc (core func $memory \"realloc\"))))"
    "  (core module $m"
    "    (import \"host\" \"loud\" (func $loud (param i32 i32 i32)))"
    "    (func (export \"greet\") (param i32 i32) (result i32)"
    "      (call $loud (local.get 0) (local.get 1) (i32.const 8))"
    "      (i32.const 8)))"
    "  (core instance $m (instantiate $m (with \"host\" (instance (export \"loud\" (func $loud))))))"
    "  (func (export \"greet\") (param \"name\" string) (result string)"
    "    (canon lift (core func $m \"greet\")"
    "      (memory (core memory $memory \"memory\"))"
    "    (realloc (core func $memory \"realloc\")))))";

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  exit(1);
}

// The host function. Its argument fits the type: it is one node, a string.
static safewasm_error_t *loud(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                              size_t args_len) {
  (void)env, (void)args_len;
  char text[64];
  const char *given = args[0].of.data;
  size_t len = args[0].len < sizeof text ? args[0].len : sizeof text;
  for (size_t i = 0; i < len; i++) text[i] = (char)toupper((unsigned char)given[i]);
  // The library copies the result, so it may be on the stack.
  safewasm_node_t result = {.kind = SAFEWASM_WIT_STRING, .len = len, .of.data = text};
  return safewasm_caller_return(caller, &result, 1);
}

int main(void) {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_component_t *component;
  safewasm_componentlinker_t *linker;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_component_new_text(engine, COMPONENT, SAFEWASM_STRLEN, &component));
  check(safewasm_componentlinker_new(engine, &linker));

  // The type of the host function is that of the first item of the first import.
  safewasm_text_t interface, name;
  safewasm_wittype_t *imported, *type;
  check(safewasm_component_import(component, 0, &interface, &imported));
  check(safewasm_wittype_item(imported, 0, &name, &type));
  check(safewasm_componentlinker_define_func(linker, interface.data, interface.len, name.data,
                                             name.len, type, loud, NULL, NULL));
  safewasm_wittype_delete(type);
  safewasm_wittype_delete(imported);

  safewasm_componentinstance_t *instance;
  safewasm_componentfunc_t *greet;
  check(safewasm_componentlinker_instantiate(linker, store, component, &instance));
  check(safewasm_componentinstance_func(instance, NULL, 0, "greet", SAFEWASM_STRLEN, &greet));
  const safewasm_node_t arg = {.kind = SAFEWASM_WIT_STRING, .len = 9, .of.data = "component"};
  safewasm_values_t *values;
  const safewasm_node_t *result;
  size_t len;
  check(safewasm_componentfunc_call(greet, &arg, 1, &values));
  check(safewasm_values_nodes(values, &result, &len));
  printf("%.*s\n", (int)result[0].len, (const char *)result[0].of.data);
  safewasm_values_delete(values);

  safewasm_componentlinker_delete(linker);
  safewasm_store_delete(store);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
  return 0;
}
