/* Shared by the tests of resources: a component with a resource of its own, and nodes and calls with resources. */
#ifndef RESOURCES_H
#define RESOURCES_H

#include "components.h"

/* A component with a resource `counter`, whose representation is its value. `dropped` returns how many were dropped, and a
   counter of 13 traps when it is dropped. */
static const char COUNTER[] =
    "(component"
    "  (core module $d"
    "    (global $dropped (mut i32) (i32.const 0))"
    "    (func (export \"dtor\") (param i32)"
    "      (if (i32.eq (local.get 0) (i32.const 13)) (then unreachable))"
    "      (if (i32.eq (local.get 0) (i32.const 14)) (then (loop (br 0))))"
    "      (global.set $dropped (i32.add (global.get $dropped) (i32.const 1))))"
    "    (func (export \"dropped\") (result i32) (global.get $dropped)))"
    "  (core instance $d (instantiate $d))"
    "  (type $counter' (resource (rep i32) (dtor (core func $d \"dtor\"))))"
    "  (export $counter \"counter\" (type $counter'))"
    "  (core func $new (canon resource.new $counter'))"
    "  (core func $rep (canon resource.rep $counter'))"
    "  (core func $drop (canon resource.drop $counter'))"
    "  (core module $m"
    "    (import \"\" \"new\" (func $new (param i32) (result i32)))"
    "    (import \"\" \"rep\" (func $rep (param i32) (result i32)))"
    "    (import \"\" \"drop\" (func $drop (param i32)))"
    "    (memory (export \"memory\") 1)"
    "    (global $at (mut i32) (i32.const 1024))"
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) (local $p i32)"
    "      (local.set $p (global.get $at))"
    "      (global.set $at (i32.add (local.get $p) (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -16))))"
    "      (local.get $p))"
    "    (func (export \"new\") (param i32) (result i32) (call $new (local.get 0)))"
    "    (func (export \"get\") (param i32) (result i32) (local.get 0))"
    "    (func (export \"sum\") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))"
    "    (func (export \"merge\") (param i32 i32) (result i32) (local $sum i32)"
    "      (local.set $sum (i32.add (call $rep (local.get 0)) (call $rep (local.get 1))))"
    "      (call $drop (local.get 0)) (call $drop (local.get 1))"
    "      (call $new (local.get $sum)))"
    "    (func (export \"take\") (param i32 i32) (call $drop (local.get 0)))"
    "    (func (export \"sum-of\") (param i32 i32) (result i32) (local $sum i32)"
    "      (loop $next"
    "        (if (local.get 1) (then"
    "          (local.set $sum (i32.add (local.get $sum) (i32.load (local.get 0))))"
    "          (local.set 0 (i32.add (local.get 0) (i32.const 4)))"
    "          (local.set 1 (i32.sub (local.get 1) (i32.const 1)))"
    "          (br $next))))"
    "      (local.get $sum))"
    "    (func (export \"two\") (result i32)"
    "      (i32.store (i32.const 16) (call $new (i32.const 1))) (i32.store (i32.const 20) (call $new (i32.const 2)))"
    "      (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 2))"
    "      (i32.const 0))"
    "    (func (export \"trap\") unreachable))"
    "  (core instance $i (instantiate $m (with \"\" (instance"
    "    (export \"new\" (func $new)) (export \"rep\" (func $rep)) (export \"drop\" (func $drop))))))"
    "  (func (export \"[constructor]counter\") (param \"start\" u32) (result (own $counter))"
    "    (canon lift (core func $i \"new\")))"
    "  (func (export \"[method]counter.get\") (param \"self\" (borrow $counter)) (result u32)"
    "    (canon lift (core func $i \"get\")))"
    "  (func (export \"[static]counter.sum\") (param \"a\" (borrow $counter)) (param \"b\" (borrow $counter))"
    "    (result u32) (canon lift (core func $i \"sum\")))"
    "  (func (export \"[static]counter.merge\") (param \"a\" (own $counter)) (param \"b\" (own $counter))"
    "    (result (own $counter)) (canon lift (core func $i \"merge\")))"
    "  (func (export \"take\") (param \"x\" (own $counter)) (param \"y\" (borrow $counter))"
    "    (canon lift (core func $i \"take\")))"
    "  (func (export \"sum-of\") (param \"all\" (list (borrow $counter))) (result u32)"
    "    (canon lift (core func $i \"sum-of\") (memory (core memory $i \"memory\")) (realloc (core func $i \"realloc\"))))"
    "  (func (export \"two\") (result (list (own $counter)))"
    "    (canon lift (core func $i \"two\") (memory (core memory $i \"memory\")) (realloc (core func $i \"realloc\"))))"
    "  (func (export \"trap\") (canon lift (core func $i \"trap\")))"
    "  (func (export \"dropped\") (result u32) (canon lift (core func $d \"dropped\"))))";

static inline safewasm_node_t resource_node(uint8_t kind, safewasm_resource_t *resource) {
  safewasm_node_t made = node(kind);
  made.of.resource = resource;
  return made;
}

#define OWN(resource) resource_node(SAFEWASM_WIT_OWN, resource)
#define BORROW(resource) resource_node(SAFEWASM_WIT_BORROW, resource)

static inline safewasm_error_t *call(host_t host, const char *name, const safewasm_node_t *args, size_t len,
                              safewasm_node_t *result) {
  safewasm_componentfunc_t *func = func_of(host, NULL, name);
  safewasm_values_t *values = NULL;
  const safewasm_node_t *nodes;
  size_t found = 0;
  safewasm_error_t *error = safewasm_componentfunc_call(func, args, len, &values);
  if (error == NULL) {
    OK(safewasm_values_nodes(values, &nodes, &found));
    if (result != NULL && found > 0) *result = nodes[0];
  }
  safewasm_values_delete(values);
  safewasm_componentfunc_delete(func);
  return error;
}

static inline uint32_t number(host_t host, const char *name, const safewasm_node_t *args, size_t len) {
  safewasm_node_t result = node(0);
  OK(call(host, name, args, len, &result));
  CHECK(result.kind == SAFEWASM_WIT_U32);
  return (uint32_t)result.of.u;
}

static inline safewasm_resource_t *new_counter(host_t host, uint32_t start) {
  safewasm_node_t arg = unsigned_node(SAFEWASM_WIT_U32, start), result = node(0);
  OK(call(host, "[constructor]counter", &arg, 1, &result));
  CHECK(result.kind == SAFEWASM_WIT_OWN);
  return result.of.resource;
}

#endif
