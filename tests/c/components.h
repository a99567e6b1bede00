/* Shared by the tests of components: a component that has much, and nodes. */
#ifndef COMPONENTS_H
#define COMPONENTS_H

#include "check.h"

/* A component with functions that return their argument, and functions that fail, in three parts: compilers must take
   strings of 4,095 bytes only. */
static const char *const ECHO_PARTS[] = {
    "(component"
    "  (core module $m"
    "    (memory (export \"memory\") 40)"
    "    (global $at (mut i32) (i32.const 1024))"
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) (local $p i32)"
    "      (local.set $p (i32.and (i32.add (global.get $at) (i32.const 15)) (i32.const -16)))"
    "      (global.set $at (i32.add (local.get $p) (local.get 3)))"
    "      (local.get $p))"
    "    (func (export \"free\") (param i32) (global.set $at (i32.const 1024)))"
    "    (func (export \"pair\") (param i32 i32) (result i32)"
    "      (i32.store (i32.const 0) (local.get 0)) (i32.store (i32.const 4) (local.get 1))"
    "      (i32.const 0))"
    "    (func (export \"i32\") (param i32) (result i32) (local.get 0))"
    "    (func (export \"i64\") (param i64) (result i64) (local.get 0))"
    "    (func (export \"f32\") (param f32) (result f32) (local.get 0))"
    "    (func (export \"f64\") (param f64) (result f64) (local.get 0))"
    "    (func (export \"case\") (param i32 i64 i32) (result i32)"
    "      (i32.store (i32.const 0) (local.get 0)) (i64.store (i32.const 8) (local.get 1))"
    "      (i32.store (i32.const 12) (local.get 2))"
    "      (if (i32.eqz (local.get 0)) (then (i64.store (i32.const 8) (local.get 1))))"
    "      (i32.const 0))"
    "    (func (export \"many\") (param i32) (result i32) (i32.load (i32.add (local.get 0) (i32.const 64))))"
    "    (func (export \"none\"))"
    "    (func (export \"trap\") unreachable)"
    "    (func (export \"bad\") (param i32) (result i32)"
    "      (i32.store (i32.const 0) (i32.const 2000)) (i32.store (i32.const 4) (local.get 0))"
    "      (i32.store (i32.const 2000) (i32.const -1))"
    "      (i32.const 0)))"
    "  (core instance $i (instantiate $m))"
    "  (alias core export $i \"memory\" (core memory $memory))"
    "  (alias core export $i \"realloc\" (core func $realloc))"
    "  (alias core export $i \"free\" (core func $free))",
#define LIFT(name, params, core)                                                        \
  "  (func (export \"" name "\") " params " (canon lift (core func $i \"" core "\")"     \
  "    (memory $memory) (realloc $realloc)))"
#define SAME(name, type, core) LIFT(name, "(param \"x\" " type ") (result " type ")", core)
    SAME("bool", "bool", "i32") SAME("s8", "s8", "i32") SAME("u8", "u8", "i32")
    SAME("s16", "s16", "i32") SAME("u16", "u16", "i32") SAME("s32", "s32", "i32")
    SAME("u32", "u32", "i32") SAME("s64", "s64", "i64") SAME("u64", "u64", "i64")
    SAME("f32", "f32", "f32") SAME("f64", "f64", "f64") SAME("char", "char", "i32")
    SAME("bytes", "(list u8)", "pair") SAME("numbers", "(list f64)", "pair")
    SAME("chars", "(list char)", "pair") SAME("bools", "(list bool)", "pair")
    SAME("strings", "(list string)", "pair"),
    "  (type $point (record (field \"x\" s32) (field \"y\" s32)))"
    "  (export $p \"point\" (type $point))"
    "  (type $color (enum \"red\" \"green\"))"
    "  (export $c \"color\" (type $color))"
    "  (type $rights (flags \"read\" \"write\" \"run\"))"
    "  (export $r \"rights\" (type $rights))"
    "  (type $wide (flags \"a\" \"b\" \"c\" \"d\" \"e\" \"f\" \"g\" \"h\" \"i\" \"j\" \"k\" \"l\" \"m\""
    "    \"n\" \"o\" \"p\" \"q\" \"r\" \"s\" \"t\" \"u\" \"v\" \"w\" \"x\" \"y\" \"z\" \"a1\" \"b1\" \"c1\" \"d1\""
    "    \"e1\" \"f1\"))"
    "  (export $w \"wide\" (type $wide))"
    SAME("allow-wide", "$w", "i32")
    SAME("move", "$p", "pair") SAME("paint", "$c", "i32") SAME("allow", "$r", "i32")
    SAME("maybe", "(option u32)", "pair") SAME("points", "(list $p)", "pair")
    SAME("fallible", "(result u32 (error u32))", "pair")
    LIFT("seventeen",
         "(param \"p0\" u32) (param \"p1\" u32) (param \"p2\" u32) (param \"p3\" u32) (param \"p4\" u32)"
         "(param \"p5\" u32) (param \"p6\" u32) (param \"p7\" u32) (param \"p8\" u32) (param \"p9\" u32)"
         "(param \"p10\" u32) (param \"p11\" u32) (param \"p12\" u32) (param \"p13\" u32)"
         "(param \"p14\" u32) (param \"p15\" u32) (param \"last\" u32) (result u32)", "many")
    LIFT("none", "", "none") LIFT("trap", "", "trap")
    LIFT("bad-list", "(param \"len\" u32) (result (list u64))", "bad")
    LIFT("bad-string", "(param \"len\" u32) (result string)", "bad")
    LIFT("bad-char", "(param \"c\" u32) (result char)", "i32")
    LIFT("bad-case", "(param \"c\" u32) (result $c)", "i32")
    "  (func $string (param \"x\" string) (result string) (canon lift (core func $i \"pair\")"
    "    (memory $memory) (realloc $realloc) (post-return $free)))"
    "  (instance $api (export \"string\" (func $string)) (export \"color\" (type $color)))"
    "  (export \"docs:echo/text@0.1.3\" (instance $api)))",
};

typedef struct {
  safewasm_engine_t *engine;
  safewasm_component_t *component;
  safewasm_store_t *store;
  safewasm_componentinstance_t *instance;
} host_t;

static inline host_t new_host(const char *text) {
  host_t host = {new_engine(), NULL, NULL, NULL};
  OK(safewasm_component_new_text(host.engine, text, SAFEWASM_STRLEN, &host.component));
  OK(safewasm_store_new(host.engine, &host.store));
  OK(safewasm_componentinstance_new(host.store, host.component, &host.instance));
  return host;
}

static inline host_t new_echo(void) {
  text_t text = {NULL, 0, 0};
  for (size_t i = 0; i < sizeof ECHO_PARTS / sizeof ECHO_PARTS[0]; i++) put(&text, ECHO_PARTS[i]);
  host_t host = new_host(text.data);
  free(text.data);
  return host;
}

static inline void delete_host(host_t host) {
  safewasm_componentinstance_delete(host.instance);
  safewasm_store_delete(host.store);
  safewasm_component_delete(host.component);
  safewasm_engine_delete(host.engine);
}

static inline size_t interface_len(const char *interface) { return interface == NULL ? 0 : SAFEWASM_STRLEN; }

static inline safewasm_componentfunc_t *func_of(host_t host, const char *interface, const char *name) {
  safewasm_componentfunc_t *func = NULL;
  OK(safewasm_componentinstance_func(host.instance, interface, interface_len(interface), name,
                                     SAFEWASM_STRLEN, &func));
  return func;
}

static inline safewasm_node_t node(uint8_t kind) {
  safewasm_node_t node;
  memset(&node, 0, sizeof node);
  node.kind = kind;
  return node;
}

static inline safewasm_node_t unsigned_node(uint8_t kind, uint64_t u) {
  safewasm_node_t made = node(kind);
  made.of.u = u;
  return made;
}

static inline safewasm_node_t signed_node(uint8_t kind, int64_t s) {
  safewasm_node_t made = node(kind);
  made.of.s = s;
  return made;
}

static inline safewasm_node_t case_node(uint8_t kind, uint32_t index) {
  safewasm_node_t made = node(kind);
  made.index = index;
  return made;
}

static inline safewasm_node_t parent_node(uint8_t kind, size_t len) {
  safewasm_node_t made = node(kind);
  made.len = len;
  return made;
}

static inline safewasm_node_t data_node(uint8_t kind, const void *data, size_t len) {
  safewasm_node_t made = node(kind);
  made.len = len;
  made.of.data = data;
  return made;
}

static inline safewasm_node_t text_node(const char *text) {
  return data_node(SAFEWASM_WIT_STRING, text, strlen(text));
}

#endif
