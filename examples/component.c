/*
 * What a component exports: its functions, with their types as text and as nodes; and a call with a record.
 *
 *   cc -Iinclude examples/component.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o component
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>

// A component with an interface of two functions.
static const char COMPONENT[] =
    "(component"
    "  (core module $m"
    "    (func (export \"area\") (param f64 f64) (result f64)"
    "      (f64.mul (local.get 0) (local.get 1)))"
    "    (func (export \"is-square\") (param f64 f64) (result i32)"
    "      (f64.eq (local.get 0) (local.get 1))))"
    "  (core instance $i (instantiate $m))"
    "  (type $size (record (field \"width\" f64) (field \"height\" f64)))"
    "  (export $sized \"size\" (type $size))"
    "  (func (export \"area\") (param \"of\" $sized) (result f64)"
    "    (canon lift (core func $i \"area\")))"
    "  (func (export \"is-square\") (param \"of\" $sized) (result bool)"
    "    (canon lift (core func $i \"is-square\"))))";

static const char *const NAMES[] = {"nothing", "bool",   "s8",     "u8",      "s16",   "u16",
                                    "s32",     "u32",    "s64",    "u64",     "f32",   "f64",
                                    "char",    "string", "list",   "record",  "tuple", "variant",
                                    "enum",    "option", "result", "flags",   "own",   "borrow",
                                    "func"};

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  exit(1);
}

// Prints a node and what is below it. Returns the node after them.
static const safewasm_witnode_t *show(const safewasm_witnode_t *node, int depth) {
  const char *kind = node->kind < sizeof NAMES / sizeof NAMES[0] ? NAMES[node->kind] : "other";
  printf("%*s%s%s%s\n", 2 * depth, "", node->name.data != NULL ? node->name.data : "",
           node->name.data != NULL ? ": " : "", kind);
  const safewasm_witnode_t *next = node + 1;
  for (size_t child = 0; child < node->len; child++) next = show(next, depth + 1);
  return next;
}

int main(void) {
  safewasm_engine_t *engine;
  safewasm_component_t *component;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_component_new_text(engine, COMPONENT, SAFEWASM_STRLEN, &component));

  size_t len;
  check(safewasm_component_exports_len(component, &len));
  for (size_t index = 0; index < len; index++) {
    safewasm_text_t name, text;
    safewasm_wittype_t *type;
    check(safewasm_component_export(component, index, &name, &type));
    check(safewasm_wittype_text(type, &text));
    printf("%s: %s\n", name.data, text.data);

    const safewasm_witnode_t *nodes;
    size_t nodes_len;
    check(safewasm_wittype_nodes(type, &nodes, &nodes_len));
    show(nodes, 1);
    safewasm_wittype_delete(type);
  }

  safewasm_store_t *store;
  safewasm_componentinstance_t *instance;
  safewasm_componentfunc_t *area;
  check(safewasm_store_new(engine, &store));
  check(safewasm_componentinstance_new(store, component, &instance));
  check(safewasm_componentinstance_func(instance, NULL, 0, "area", SAFEWASM_STRLEN, &area));

  const safewasm_node_t args[] = {
      {.kind = SAFEWASM_WIT_RECORD, .len = 2},
      {.kind = SAFEWASM_WIT_F64, .of.f64 = 6},
      {.kind = SAFEWASM_WIT_F64, .of.f64 = 7},
  };
  safewasm_values_t *values;
  const safewasm_node_t *result;
  check(safewasm_componentfunc_call(area, args, 3, &values));
  check(safewasm_values_nodes(values, &result, &len));
  printf("the area is %g\n", result[0].of.f64);
  safewasm_values_delete(values);

  safewasm_store_delete(store);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
  return 0;
}
