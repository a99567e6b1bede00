/* Linkers of components: host functions and modules as imports. */
#include "check.h"
#include <pthread.h>

#define NAME(text) (text), sizeof(text) - 1

typedef struct {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_componentlinker_t *linker;
  safewasm_component_t *component;
  safewasm_componentinstance_t *instance;
  int calls, finalized;
} host_t;

static host_t new_host(const char *text) {
  host_t host = {.engine = new_engine()};
  OK(safewasm_store_new(host.engine, &host.store));
  OK(safewasm_componentlinker_new(host.engine, &host.linker));
  OK(safewasm_component_new_text(host.engine, text, SAFEWASM_STRLEN, &host.component));
  return host;
}

static void delete_host(host_t *host) {
  safewasm_componentinstance_delete(host->instance);
  safewasm_component_delete(host->component);
  safewasm_componentlinker_delete(host->linker);
  safewasm_store_delete(host->store);
  safewasm_engine_delete(host->engine);
}

static safewasm_error_t *link_host(host_t *host) {
  safewasm_componentinstance_delete(host->instance);
  safewasm_error_t *error =
      safewasm_componentlinker_instantiate(host->linker, host->store, host->component, &host->instance);
  CHECK((error == NULL) == (host->instance != NULL));
  return error;
}

/* A component that only imports: `imports` is text. */
static safewasm_component_t *new_importer(safewasm_engine_t *engine, const char *imports) {
  text_t text = {NULL, 0, 0};
  safewasm_component_t *component = NULL;
  put(&text, "(component "), put(&text, imports), put(&text, ")");
  OK(safewasm_component_new_text(engine, text.data, text.len, &component));
  free(text.data);
  return component;
}

/* The type of the import with that number, or of the item with the number `item` of it. */
static safewasm_wittype_t *import_type(safewasm_component_t *component, size_t index, int item) {
  safewasm_text_t name;
  safewasm_wittype_t *type = NULL, *of = NULL;
  OK(safewasm_component_import(component, index, &name, &type));
  if (item < 0) return type;
  OK(safewasm_wittype_item(type, (size_t)item, &name, &of));
  safewasm_wittype_delete(type);
  return of;
}

/* The type that the last import of a component has, which imports `imports`. */
static safewasm_wittype_t *type_in(safewasm_engine_t *engine, const char *imports) {
  safewasm_component_t *component = new_importer(engine, imports);
  size_t len = 0;
  OK(safewasm_component_imports_len(component, &len));
  safewasm_wittype_t *type = import_type(component, len - 1, -1);
  safewasm_component_delete(component);
  return type;
}

/* Threads share a host, so it counts atomically. */
static void finalize(void *env) { __atomic_add_fetch(&((host_t *)env)->finalized, 1, __ATOMIC_SEQ_CST); }

static safewasm_error_t *define_typed(host_t *host, const char *interface, const char *name,
                                      safewasm_wittype_t *type, safewasm_component_callback_t callback) {
  return safewasm_componentlinker_define_func(host->linker, interface,
                                              interface == NULL ? 0 : SAFEWASM_STRLEN, name,
                                              SAFEWASM_STRLEN, type, callback, host, finalize);
}

/* Defines a function. `type` is its type as text. */
static safewasm_error_t *define(host_t *host, const char *interface, const char *name,
                                const char *type, safewasm_component_callback_t callback) {
  text_t text = {NULL, 0, 0};
  put(&text, "(import \"f\" "), put(&text, type), put(&text, ")");
  safewasm_wittype_t *made = type_in(host->engine, text.data);
  safewasm_error_t *error = define_typed(host, interface, name, made, callback);
  safewasm_wittype_delete(made);
  free(text.data);
  return error;
}

static safewasm_componentfunc_t *func_of(safewasm_componentinstance_t *instance, const char *name) {
  safewasm_componentfunc_t *func = NULL;
  OK(safewasm_componentinstance_func(instance, NULL, 0, name, SAFEWASM_STRLEN, &func));
  return func;
}

static safewasm_error_t *call_nodes(safewasm_componentinstance_t *instance, const char *name,
                                    const safewasm_node_t *args, size_t args_len,
                                    safewasm_values_t **values_out) {
  safewasm_componentfunc_t *func = func_of(instance, name);
  safewasm_error_t *error = safewasm_componentfunc_call(func, args, args_len, values_out);
  safewasm_componentfunc_delete(func);
  return error;
}

/* Calls a function without parameters, and forgets its result. */
static safewasm_error_t *run(safewasm_componentinstance_t *instance, const char *name) {
  safewasm_values_t *values = NULL;
  safewasm_error_t *error = call_nodes(instance, name, NULL, 0, &values);
  safewasm_values_delete(values);
  return error;
}

static safewasm_node_t node(uint8_t kind) {
  safewasm_node_t made;
  memset(&made, 0, sizeof made);
  made.kind = kind;
  return made;
}

static safewasm_node_t unsigned_node(uint8_t kind, uint64_t u) {
  safewasm_node_t made = node(kind);
  made.of.u = u;
  return made;
}

static safewasm_node_t u32_node(uint32_t u) { return unsigned_node(SAFEWASM_WIT_U32, u); }

static safewasm_node_t signed_node(uint8_t kind, int64_t s) {
  safewasm_node_t made = node(kind);
  made.of.s = s;
  return made;
}

static safewasm_node_t f64_node(double f64) {
  safewasm_node_t made = node(SAFEWASM_WIT_F64);
  made.of.f64 = f64;
  return made;
}

static safewasm_node_t case_node(uint8_t kind, uint32_t index) {
  safewasm_node_t made = node(kind);
  made.index = index;
  return made;
}

static safewasm_node_t parent_node(uint8_t kind, size_t len) {
  safewasm_node_t made = node(kind);
  made.len = len;
  return made;
}

static safewasm_node_t data_node(uint8_t kind, const void *data, size_t len) {
  safewasm_node_t made = parent_node(kind, len);
  made.of.data = data;
  return made;
}

static safewasm_node_t text_node(const char *text) {
  return data_node(SAFEWASM_WIT_STRING, text, strlen(text));
}

static int is_same(const safewasm_node_t *nodes, const safewasm_node_t *others, size_t len, size_t size) {
  for (size_t i = 0; i < len; i++) {
    const safewasm_node_t *a = &nodes[i], *b = &others[i];
    if (a->kind != b->kind || a->index != b->index || a->len != b->len) return 0;
    int is_text = a->kind == SAFEWASM_WIT_STRING;
    if (is_text || (a->kind == SAFEWASM_WIT_LIST && size > 0)) {
      size_t bytes = a->len * (is_text ? 1 : size);
      if (bytes > 0 && memcmp(a->of.data, b->of.data, bytes) != 0) return 0;
    } else if (a->kind != SAFEWASM_WIT_LIST && a->of.u != b->of.u) {
      return 0;
    }
  }
  return 1;
}

/* Host functions. */

static safewasm_error_t *nothing(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                 size_t args_len) {
  (void)caller, (void)args, (void)args_len;
  ((host_t *)env)->calls++;
  return NULL;
}

/* Returns its argument. */
static safewasm_error_t *echo(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                              size_t args_len) {
  ((host_t *)env)->calls++;
  return safewasm_caller_return(caller, args, args_len);
}

static safewasm_error_t *give(safewasm_caller_t *caller, uint32_t u) {
  safewasm_node_t result = u32_node(u);
  return safewasm_caller_return(caller, &result, 1);
}

static safewasm_error_t *give_one(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                  size_t args_len) {
  (void)env, (void)args, (void)args_len;
  return give(caller, 1);
}

static safewasm_error_t *give_two(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                  size_t args_len) {
  (void)env, (void)args, (void)args_len;
  return give(caller, 2);
}

/* A component whose functions call imports of the same type, in parts: compilers must take strings of 4,095 bytes
   only. */
#define INTERFACE "docs:host/echo@0.1.0"
#define SIGNATURE(name, type) "(export \"" name "\" (func (param \"x\" " type ") (result " type ")))"
#define LOWER(name) \
  "(core func $" name " (canon lower (func $h \"" name "\") (memory $memory) (realloc $realloc)))"
#define LIFT(name, type, core)                                                        \
  "(func (export \"" name "\") (param \"x\" " type ") (result " type ") (canon lift " core \
  "  (memory $memory) (realloc $realloc)))"
/* Of a type with one flat value: the import itself. */
#define DIRECT(name, type) LOWER(name) LIFT(name, type, "(core func $" name ")")
/* Through a module that gives the room for a result in memory. */
#define THROUGH(name, type, module)                                                            \
  LOWER(name) "(core instance $of-" name " (instantiate $" module " (with \"\" (instance"      \
              "  (export \"f\" (func $" name "))))))" LIFT(name, type, "(core func $of-" name " \"f\")")
#define PARAMS(number) "(param \"p" number "\" u32)"
#define SEVENTEEN                                                                              \
  PARAMS("0") PARAMS("1") PARAMS("2") PARAMS("3") PARAMS("4") PARAMS("5") PARAMS("6") PARAMS("7") \
  PARAMS("8") PARAMS("9") PARAMS("10") PARAMS("11") PARAMS("12") PARAMS("13") PARAMS("14")     \
  PARAMS("15") "(param \"last\" string) (result u32)"

static const char *const ECHO[] = {
    "(component (import \"" INTERFACE "\" (instance $h"
    "  (type $point-type (record (field \"x\" s32) (field \"y\" s32)))"
    "  (export \"point\" (type $point (eq $point-type)))"
    "  (type $color-type (enum \"red\" \"green\")) (export \"color\" (type $color (eq $color-type)))"
    "  (type $rights-type (flags \"read\" \"write\" \"run\"))"
    "  (export \"rights\" (type $rights (eq $rights-type)))"
    "  (type $shape-type (variant (case \"circle\" f64) (case \"corner\" $point) (case \"named\" string)"
    "    (case \"none\")))"
    "  (export \"shape\" (type $shape (eq $shape-type)))"
    "  (type $thing-type (record (field \"name\" string) (field \"tags\" (list string))"
    "    (field \"shape\" $shape) (field \"at\" (tuple u8 f32)) (field \"more\" (option (list u16)))))"
    "  (export \"thing\" (type $thing (eq $thing-type)))",
    SIGNATURE("bool", "bool") SIGNATURE("s8", "s8") SIGNATURE("u8", "u8") SIGNATURE("s16", "s16")
    SIGNATURE("u16", "u16") SIGNATURE("s32", "s32") SIGNATURE("u32", "u32") SIGNATURE("s64", "s64")
    SIGNATURE("u64", "u64") SIGNATURE("f32", "f32") SIGNATURE("f64", "f64") SIGNATURE("char", "char")
    SIGNATURE("string", "string") SIGNATURE("bytes", "(list u8)") SIGNATURE("numbers", "(list f64)")
    SIGNATURE("strings", "(list string)") SIGNATURE("move", "$point") SIGNATURE("paint", "$color")
    SIGNATURE("allow", "$rights") SIGNATURE("maybe", "(option u32)")
    SIGNATURE("fallible", "(result u32 (error u32))") SIGNATURE("pair", "(tuple s32 u32)")
    SIGNATURE("draw", "$shape") SIGNATURE("things", "(list $thing)")
    "  (export \"seventeen\" (func " SEVENTEEN "))"
    "  (export \"none\" (func))))"
    "  (alias export $h \"point\" (type $point)) (alias export $h \"color\" (type $color))"
    "  (alias export $h \"rights\" (type $rights)) (alias export $h \"shape\" (type $shape))"
    "  (alias export $h \"thing\" (type $thing))",
    "  (core module $libc (memory (export \"memory\") 40)"
    "    (global $at (mut i32) (i32.const 1024))"
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) (local $p i32)"
    "      (local.set $p (i32.and (i32.add (global.get $at) (i32.const 15)) (i32.const -16)))"
    "      (global.set $at (i32.add (local.get $p) (local.get 3)))"
    "      (local.get $p)))"
    "  (core instance $i (instantiate $libc))"
    "  (alias core export $i \"memory\" (core memory $memory))"
    "  (alias core export $i \"realloc\" (core func $realloc))"
    "  (core module $two (import \"\" \"f\" (func $f (param i32 i32 i32)))"
    "    (func (export \"f\") (param i32 i32) (result i32)"
    "      (call $f (local.get 0) (local.get 1) (i32.const 16)) (i32.const 16)))"
    "  (core module $three (import \"\" \"f\" (func $f (param i32 i64 i32 i32)))"
    "    (func (export \"f\") (param i32 i64 i32) (result i32)"
    "      (call $f (local.get 0) (local.get 1) (local.get 2) (i32.const 16)) (i32.const 16)))",
    DIRECT("bool", "bool") DIRECT("s8", "s8") DIRECT("u8", "u8") DIRECT("s16", "s16")
    DIRECT("u16", "u16") DIRECT("s32", "s32") DIRECT("u32", "u32") DIRECT("s64", "s64")
    DIRECT("u64", "u64") DIRECT("f32", "f32") DIRECT("f64", "f64") DIRECT("char", "char")
    DIRECT("paint", "$color") DIRECT("allow", "$rights"),
    THROUGH("string", "string", "two") THROUGH("bytes", "(list u8)", "two")
    THROUGH("numbers", "(list f64)", "two") THROUGH("strings", "(list string)", "two")
    THROUGH("move", "$point", "two") THROUGH("maybe", "(option u32)", "two")
    THROUGH("fallible", "(result u32 (error u32))", "two") THROUGH("pair", "(tuple s32 u32)", "two"),
    THROUGH("draw", "$shape", "three") THROUGH("things", "(list $thing)", "two")
    LOWER("seventeen")
    "(func (export \"seventeen\") " SEVENTEEN
    "  (canon lift (core func $seventeen) (memory $memory) (realloc $realloc)))"
    LOWER("none") "(func (export \"none\") (canon lift (core func $none))))",
};

/* The host function for all functions of that interface: compares its arguments, and returns them. */
typedef struct {
  const safewasm_node_t *expected;
  size_t expected_len, size;
  int calls;
} echo_t;

static echo_t echoed;

static safewasm_error_t *compare(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                 size_t args_len) {
  (void)env;
  echoed.calls++;
  CHECK(args_len == echoed.expected_len);
  CHECK(args_len == echoed.expected_len && is_same(args, echoed.expected, args_len, echoed.size));
  return safewasm_caller_return(caller, args, args_len);
}

/* The number of the 17th parameter's bytes, added to the 16 others. */
static safewasm_error_t *sum(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                             size_t args_len) {
  (void)env;
  CHECK(args_len == 17 && args[16].kind == SAFEWASM_WIT_STRING && memcmp(args[16].of.data, "abc", 3) == 0);
  uint64_t sum = args[16].len;
  for (size_t i = 0; i < 16; i++) sum += args[i].of.u;
  return give(caller, (uint32_t)sum);
}

/* Defines all functions of the first import, by their own types. */
static void define_all(host_t *host) {
  safewasm_text_t interface, name;
  safewasm_wittype_t *type = NULL, *item;
  size_t len = 0;
  OK(safewasm_component_import(host->component, 0, &interface, &type));
  OK(safewasm_wittype_items_len(type, &len));
  for (size_t i = 0; i < len; i++) {
    OK(safewasm_wittype_item(type, i, &name, &item));
    const safewasm_witnode_t *nodes;
    size_t nodes_len;
    OK(safewasm_wittype_nodes(item, &nodes, &nodes_len));
    if (nodes_len > 0 && nodes[0].kind == SAFEWASM_WIT_FUNC) {
      int is_sum = strcmp(name.data, "seventeen") == 0;
      OK(safewasm_componentlinker_define_func(host->linker, interface.data, interface.len, name.data,
                                              name.len, item, is_sum ? sum : compare, host, finalize));
    }
    safewasm_wittype_delete(item);
  }
  safewasm_wittype_delete(type);
}

/* Makes an instance of that component in `host`, which its host functions point to. */
static void new_echo(host_t *host) {
  text_t text = {NULL, 0, 0};
  for (size_t i = 0; i < sizeof ECHO / sizeof ECHO[0]; i++) put(&text, ECHO[i]);
  *host = new_host(text.data);
  free(text.data);
  define_all(host);
  OK(link_host(host));
}

static void echoes(host_t *host, const char *name, const safewasm_node_t *args, size_t len, size_t size) {
  safewasm_values_t *values = NULL;
  const safewasm_node_t *nodes = NULL;
  size_t found = 0;
  echoed = (echo_t){args, len, size, 0};
  OK(call_nodes(host->instance, name, args, len, &values));
  CHECK(echoed.calls == 1);
  OK(safewasm_values_nodes(values, &nodes, &found));
  CHECK(found == len);
  CHECK(found == len && is_same(nodes, args, len, size));
  if (failed_here) printf("in `%s`\n", name);
  safewasm_values_delete(values);
}

TEST(every_kind_of_value_goes_to_a_host_function_and_back) {
  host_t host;
  new_echo(&host);
  safewasm_node_t value;
#define ECHOES(name, made) (value = (made), echoes(&host, name, &value, 1, 0))
  ECHOES("bool", unsigned_node(SAFEWASM_WIT_BOOL, 1));
  ECHOES("s8", signed_node(SAFEWASM_WIT_S8, -128));
  ECHOES("u8", unsigned_node(SAFEWASM_WIT_U8, 255));
  ECHOES("s16", signed_node(SAFEWASM_WIT_S16, -32768));
  ECHOES("u16", unsigned_node(SAFEWASM_WIT_U16, 65535));
  ECHOES("s32", signed_node(SAFEWASM_WIT_S32, INT32_MIN));
  ECHOES("u32", u32_node(UINT32_MAX));
  ECHOES("s64", signed_node(SAFEWASM_WIT_S64, INT64_MIN));
  ECHOES("u64", unsigned_node(SAFEWASM_WIT_U64, UINT64_MAX));
  ECHOES("char", unsigned_node(SAFEWASM_WIT_CHAR, 0x10ffff));
  value = node(SAFEWASM_WIT_F32);
  value.of.f32 = -1.5f;
  echoes(&host, "f32", &value, 1, 0);
  ECHOES("f64", f64_node(1e300));
  ECHOES("paint", case_node(SAFEWASM_WIT_ENUM, 1));
  value = unsigned_node(SAFEWASM_WIT_FLAGS, 5);
  value.len = 3;
  echoes(&host, "allow", &value, 1, 0);
  ECHOES("string", text_node("gr\xc3\xbc\xc3\x9f dich"));
  ECHOES("string", text_node(""));
  uint8_t bytes[] = {1, 2, 255};
  value = data_node(SAFEWASM_WIT_LIST, bytes, 3);
  echoes(&host, "bytes", &value, 1, 1);
  double numbers[] = {0.5, -1e9};
  value = data_node(SAFEWASM_WIT_LIST, numbers, 2);
  echoes(&host, "numbers", &value, 1, 8);
  value.len = 0;
  echoes(&host, "numbers", &value, 1, 8);
  ECHOES("maybe", case_node(SAFEWASM_WIT_OPTION, 0));
  safewasm_node_t some[] = {case_node(SAFEWASM_WIT_OPTION, 1), u32_node(7)};
  echoes(&host, "maybe", some, 2, 0);
  safewasm_node_t error[] = {case_node(SAFEWASM_WIT_RESULT, 1), u32_node(7)};
  echoes(&host, "fallible", error, 2, 0);
  safewasm_node_t point[] = {parent_node(SAFEWASM_WIT_RECORD, 2), signed_node(SAFEWASM_WIT_S32, -3),
                             signed_node(SAFEWASM_WIT_S32, 4)};
  echoes(&host, "move", point, 3, 0);
  safewasm_node_t pair[] = {parent_node(SAFEWASM_WIT_TUPLE, 2), signed_node(SAFEWASM_WIT_S32, -3), u32_node(9)};
  echoes(&host, "pair", pair, 3, 0);
  safewasm_node_t strings[] = {parent_node(SAFEWASM_WIT_LIST, 3), text_node("a"), text_node(""),
                               text_node("b c")};
  echoes(&host, "strings", strings, 4, 0);
  safewasm_node_t circle[] = {case_node(SAFEWASM_WIT_VARIANT, 0), f64_node(0.25)};
  echoes(&host, "draw", circle, 2, 0);
  safewasm_node_t corner[] = {case_node(SAFEWASM_WIT_VARIANT, 1), point[0], point[1], point[2]};
  echoes(&host, "draw", corner, 4, 0);
  safewasm_node_t named[] = {case_node(SAFEWASM_WIT_VARIANT, 2), text_node("square")};
  echoes(&host, "draw", named, 2, 0);
  ECHOES("draw", case_node(SAFEWASM_WIT_VARIANT, 3));
  echoes(&host, "none", NULL, 0, 0);
  delete_host(&host);
  CHECK(host.finalized == 26);
}

TEST(values_in_values_go_to_a_host_function_and_back) {
  host_t host;
  new_echo(&host);
  uint16_t more[] = {1, 65535};
  float f32 = 2.5f;
  safewasm_node_t f32_node = node(SAFEWASM_WIT_F32);
  f32_node.of.f32 = f32;
  safewasm_node_t things[] = {
      parent_node(SAFEWASM_WIT_LIST, 2),
      parent_node(SAFEWASM_WIT_RECORD, 5), text_node("first"),
      parent_node(SAFEWASM_WIT_LIST, 2), text_node("x"), text_node("yy"),
      case_node(SAFEWASM_WIT_VARIANT, 2), text_node("triangle"),
      parent_node(SAFEWASM_WIT_TUPLE, 2), unsigned_node(SAFEWASM_WIT_U8, 200), f32_node,
      case_node(SAFEWASM_WIT_OPTION, 1), data_node(SAFEWASM_WIT_LIST, more, 2),
      parent_node(SAFEWASM_WIT_RECORD, 5), text_node(""), parent_node(SAFEWASM_WIT_LIST, 0),
      case_node(SAFEWASM_WIT_VARIANT, 3),
      parent_node(SAFEWASM_WIT_TUPLE, 2), unsigned_node(SAFEWASM_WIT_U8, 0), f32_node,
      case_node(SAFEWASM_WIT_OPTION, 0),
  };
  echoes(&host, "things", things, sizeof things / sizeof things[0], 0);
  delete_host(&host);
}

TEST(a_megabyte_goes_to_a_host_function_and_back) {
  host_t host;
  new_echo(&host);
  size_t len = 1 << 20;
  uint8_t *bytes = (uint8_t *)malloc(len);
  for (size_t i = 0; i < len; i++) bytes[i] = (uint8_t)(i * i >> 3);
  safewasm_node_t value = data_node(SAFEWASM_WIT_LIST, bytes + 1, len - 1);
  echoes(&host, "bytes", &value, 1, 1);
  free(bytes);
  delete_host(&host);
}

TEST(more_than_sixteen_parameters_come_through_memory) {
  host_t host;
  new_echo(&host);
  safewasm_node_t args[17];
  for (size_t i = 0; i < 16; i++) args[i] = u32_node((uint32_t)(100 + i));
  args[16] = text_node("abc");
  safewasm_values_t *values = NULL;
  const safewasm_node_t *nodes;
  size_t len;
  OK(call_nodes(host.instance, "seventeen", args, 17, &values));
  OK(safewasm_values_nodes(values, &nodes, &len));
  CHECK(len == 1 && nodes[0].of.u == 1600 + 120 + 3);
  safewasm_values_delete(values);
  delete_host(&host);
}

/* A component with imports of its own and functions that call them. */
#define GO(type)                                                                                        \
  "(component (import \"f\" (func $f " type "))"                                                       \
  "  (core func $g (canon lower (func $f)))"                                                           \
  "  (func (export \"go\") " type " (canon lift (core func $g))))"

/* The same for a function in an interface. */
#define GO_OF(interface, type)                                                                          \
  "(component (import \"" interface "\" (instance $i (export \"f\" (func " type "))))"                 \
  "  (core func $g (canon lower (func $i \"f\")))"                                                     \
  "  (func (export \"go\") " type " (canon lift (core func $g))))"

#define RESULT "(result u32)"

/* The number that `go` returns. */
static uint64_t number(safewasm_componentinstance_t *instance) {
  safewasm_values_t *values = NULL;
  const safewasm_node_t *nodes = NULL;
  size_t len = 0;
  OK(call_nodes(instance, "go", NULL, 0, &values));
  OK(safewasm_values_nodes(values, &nodes, &len));
  uint64_t u = len == 1 ? nodes[0].of.u : 0;
  safewasm_values_delete(values);
  return u;
}

TEST(an_import_of_the_component_itself_is_found_by_its_name) {
  host_t host = new_host(GO("(param \"x\" f64) (result f64)"));
  OK(define(&host, NULL, "f", "(func (param \"x\" f64) (result f64))", echo));
  OK(link_host(&host));
  safewasm_node_t arg = f64_node(2.5);
  safewasm_values_t *values = NULL;
  const safewasm_node_t *nodes;
  size_t len;
  OK(call_nodes(host.instance, "go", &arg, 1, &values));
  OK(safewasm_values_nodes(values, &nodes, &len));
  CHECK(len == 1 && nodes[0].of.f64 == 2.5);
  CHECK(host.calls == 1);
  safewasm_values_delete(values);
  delete_host(&host);
}

TEST(an_interface_is_found_by_a_compatible_version) {
  static const struct {
    const char *defined;
    int is_found;
  } cases[] = {
      {"a:b/c@0.2.1", 1}, {"a:b/c@0.2.0", 1}, {"a:b/c@0.2.9", 1}, {"a:b/c@0.3.0", 0},
      {"a:b/c@1.2.1", 0}, {"a:b/c", 0},       {"a:b/d@0.2.1", 0}, {"a:b/c@0.2.1-rc.1", 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    host_t host = new_host(GO_OF("a:b/c@0.2.1", RESULT));
    OK(define(&host, cases[i].defined, "f", "(func (result u32))", give_one));
    if (cases[i].is_found) {
      OK(link_host(&host));
      CHECK(number(host.instance) == 1);
    } else {
      FAILS(link_host(&host), LINK, "`f` of `a:b/c@0.2.1`");
    }
    delete_host(&host);
  }
}

TEST(an_exact_version_comes_first_and_then_the_highest) {
  host_t host = new_host(GO_OF("a:b/c@0.2.1", RESULT));
  OK(define(&host, "a:b/c@0.2.5", "f", "(func (result u32))", give_two));
  OK(define(&host, "a:b/c@0.2.3", "f", "(func (result u32))", give_one));
  OK(link_host(&host));
  CHECK(number(host.instance) == 2);
  OK(define(&host, "a:b/c@0.2.1", "f", "(func (result u32))", give_one));
  OK(link_host(&host));
  CHECK(number(host.instance) == 1);
  delete_host(&host);
}

TEST(a_name_is_defined_twice_only_if_shadowing_is_allowed) {
  host_t host = new_host(GO_OF("a:b/c", RESULT));
  OK(define(&host, "a:b/c", "f", "(func (result u32))", give_one));
  FAILS(define(&host, "a:b/c", "f", "(func (result u32))", give_two), INVALID_ARGUMENT,
        "`f` of `a:b/c` is defined already");
  CHECK(host.finalized == 1);
  OK(safewasm_componentlinker_allow_shadowing(host.linker, true));
  OK(define(&host, "a:b/c", "f", "(func (result u32))", give_two));
  CHECK(host.finalized == 2);
  OK(link_host(&host));
  CHECK(number(host.instance) == 2);
  OK(safewasm_componentlinker_allow_shadowing(host.linker, false));
  FAILS(define(&host, "a:b/c", "f", "(func (result u32))", give_two), INVALID_ARGUMENT, "already");
  delete_host(&host);
  CHECK(host.finalized == 4);
}

TEST(a_definition_that_is_wrong_is_refused_and_finalized) {
  host_t host = new_host("(component)");
  safewasm_wittype_t *type = type_in(host.engine, "(import \"a:b/c\" (instance))");
  FAILS(define_typed(&host, NULL, "f", type, nothing), TYPE_MISMATCH, "`wittype` is no type of a function");
  CHECK(host.finalized == 1);
  safewasm_wittype_delete(type);
  FAILS(define_typed(&host, NULL, "f", type, nothing), INVALID_HANDLE, "`wittype`");
  FAILS(define_typed(&host, NULL, "f", NULL, nothing), NULL_POINTER, "`wittype`");
  CHECK(host.finalized == 3);
  FAILS(define(&host, NULL, "f", "(func)", NULL), NULL_POINTER, "`callback`");
  FAILS(define(&host, NULL, "\xff", "(func)", nothing), INVALID_ARGUMENT, "`name`");
  FAILS(define(&host, "\xff", "f", "(func)", nothing), INVALID_ARGUMENT, "`interface`");
  FAILS(define(&host, NULL, NULL, "(func)", nothing), NULL_POINTER, "`name`");
  CHECK(host.finalized == 7);
  safewasm_componentlinker_t *linker = host.linker;
  safewasm_componentlinker_delete(linker);
  CHECK(!safewasm_componentlinker_is_valid(linker));
  FAILS(define(&host, NULL, "f", "(func)", nothing), INVALID_HANDLE, "`linker`");
  CHECK(host.finalized == 8);
  delete_host(&host);
  CHECK(host.finalized == 8);
}

TEST(an_import_of_another_type_is_refused_with_the_place_that_differs) {
  static const struct {
    const char *import, *definition, *text;
  } cases[] = {
      {"(param \"x\" u32)", "(param \"x\" s32)", "parameter `x`: the import has u32, the definition has s32"},
      {"(param \"x\" u32)", "(param \"y\" u32)", "parameter 0: the import has `x`, the definition has `y`"},
      {"(param \"x\" u32)", "", "the import has 1 parameter, the definition has 0 parameters"},
      {"", "(result u32)", "the result: the import has nothing, the definition has u32"},
      {"(result u64)", "(result u32)", "the result: the import has u64, the definition has u32"},
      {"(param \"x\" (list string))", "(param \"x\" (list u8))",
       "parameter `x`, element: the import has string, the definition has u8"},
      {"(param \"x\" (option u8))", "(param \"x\" (option u16))",
       "parameter `x`, the value of the option: the import has u8, the definition has u16"},
      {"(param \"x\" (tuple u8 u8))", "(param \"x\" (tuple u8 u8 u8))",
       "parameter `x`: the import has tuple of 2, the definition has tuple of 3"},
      {"(param \"x\" (tuple u8 u8))", "(param \"x\" (tuple u8 char))",
       "parameter `x`, field 1: the import has u8, the definition has char"},
      {"(result (result u8 (error u8)))", "(result (result u8 (error string)))",
       "the result, the error of the result: the import has u8, the definition has string"},
      {"(result (result u8))", "(result (result))",
       "the result, the value of the result: the import has u8, the definition has nothing"},
      {"(param \"x\" (list u8))", "(param \"x\" string)",
       "parameter `x`: the import has list, the definition has string"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    text_t import = {NULL, 0, 0}, type = {NULL, 0, 0};
    put(&import, "(component (import \"f\" (func "), put(&import, cases[i].import), put(&import, ")))");
    put(&type, "(func "), put(&type, cases[i].definition), put(&type, ")");
    host_t host = new_host(import.data);
    OK(define(&host, NULL, "f", type.data, nothing));
    FAILS(link_host(&host), LINK, cases[i].text);
    free(import.data), free(type.data);
    delete_host(&host);
  }
}

TEST(named_types_are_compared_by_their_names_and_types_of_parts) {
  static const struct {
    const char *import, *definition, *text;
  } cases[] = {
      {"(record (field \"a\" u8) (field \"b\" u8))", "(record (field \"a\" u8) (field \"b\" u8))", NULL},
      {"(record (field \"a\" u8) (field \"b\" u8))", "(record (field \"a\" u8) (field \"c\" u8))",
       "parameter `x`: the import has `b`, the definition has `c`"},
      {"(record (field \"a\" u8) (field \"b\" u8))", "(record (field \"a\" u8))",
       "parameter `x`: the import has `b`, the definition has no more names"},
      {"(record (field \"a\" u8))", "(record (field \"a\" u8) (field \"b\" u8))",
       "parameter `x`: the import has no more names, the definition has `b`"},
      {"(record (field \"a\" u8))", "(record (field \"a\" bool))",
       "parameter `x`, field `a`: the import has u8, the definition has bool"},
      {"(variant (case \"a\" u8) (case \"b\"))", "(variant (case \"a\" s8) (case \"b\"))",
       "parameter `x`, case `a`: the import has u8, the definition has s8"},
      {"(variant (case \"a\" u8) (case \"b\"))", "(variant (case \"a\" u8) (case \"b\" f32))",
       "parameter `x`, case `b`: the import has nothing, the definition has f32"},
      {"(enum \"a\" \"b\")", "(enum \"a\" \"c\")", "parameter `x`: the import has `b`, the definition has `c`"},
      {"(flags \"a\" \"b\")", "(flags \"a\")",
       "parameter `x`: the import has `b`, the definition has no more names"},
      {"(flags \"a\")", "(enum \"a\")", "parameter `x`: the import has flags, the definition has enum"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    text_t texts[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
    const char *types[] = {cases[i].import, cases[i].definition};
    for (int k = 0; k < 2; k++) {
      put(&texts[k], "(type $t "), put(&texts[k], types[k]);
      put(&texts[k], ") (import \"t\" (type $u (eq $t))) (import \"f\" (func (param \"x\" $u)))");
    }
    host_t host = new_host("(component)");
    safewasm_component_delete(host.component);
    host.component = new_importer(host.engine, texts[0].data);
    safewasm_wittype_t *type = type_in(host.engine, texts[1].data);
    OK(define_typed(&host, NULL, "f", type, nothing));
    if (cases[i].text == NULL) {
      OK(link_host(&host));
    } else {
      FAILS(link_host(&host), LINK, cases[i].text);
    }
    safewasm_wittype_delete(type);
    free(texts[0].data), free(texts[1].data);
    delete_host(&host);
  }
}

TEST(missing_imports_are_listed_with_similar_names) {
  host_t host = new_host("(component (import \"docs:log/api@0.1.0\" (instance"
                         "  (export \"write\" (func (param \"line\" string))))))");
  FAILS(link_host(&host), LINK,
        "an import of `component` is missing: `write` of `docs:log/api@0.1.0`: func(line: string)");
  OK(define(&host, "docs:log/api@0.1.0", "wriite", "(func)", nothing));
  FAILS(link_host(&host), LINK, "did you mean `wriite`?");
  delete_host(&host);

  host = new_host("(component (import \"docs:log/api\" (instance (export \"write\" (func)))))");
  OK(define(&host, "docs:log/apis", "write", "(func)", nothing));
  FAILS(link_host(&host), LINK, "did you mean `docs:log/apis`?");
  delete_host(&host);

  host = new_host("(component (import \"f\" (func)))");
  OK(define(&host, NULL, "g", "(func)", nothing));
  FAILS(link_host(&host), LINK, "did you mean `g`?");
  OK(define(&host, "f", "f", "(func)", nothing));
  FAILS(link_host(&host), LINK, "`f`: func()");
  delete_host(&host);

  text_t text = {NULL, 0, 0};
  put(&text, "(component");
  for (int i = 0; i < 13; i++) {
    char import[64];
    snprintf(import, sizeof import, " (import \"f%d\" (func))", i);
    put(&text, import);
  }
  put(&text, ")");
  host = new_host(text.data);
  FAILS(link_host(&host), LINK, "13 imports of `component` are missing:\n  `f0`: func()\n  `f1`");
  FAILS(link_host(&host), LINK, "`f9`: func()\n  and 3 more");
  OK(define(&host, NULL, "f0", "(func)", nothing));
  FAILS(link_host(&host), LINK, "12 imports");
  free(text.data);
  delete_host(&host);
}

#define WITH_MODULE                                                                        \
  "(component (import \"m\" (core module $m (export \"go\" (func (result i32)))))"         \
  "  (core instance $i (instantiate $m))"                                                  \
  "  (func (export \"go\") (result u32) (canon lift (core func $i \"go\"))))"

static safewasm_error_t *define_module(host_t *host, safewasm_engine_t *engine, const char *text) {
  safewasm_module_t *module = new_module(engine, text);
  safewasm_error_t *error =
      safewasm_componentlinker_define_module(host->linker, NULL, 0, NAME("m"), module);
  safewasm_module_delete(module);
  return error;
}

TEST(a_module_is_an_import) {
  host_t host = new_host(WITH_MODULE);
  FAILS(link_host(&host), LINK, "`m`");
  OK(define_module(&host, host.engine, "(module (func (export \"go\") (result i32) (i32.const 42)))"));
  FAILS(define_module(&host, host.engine, "(module)"), INVALID_ARGUMENT, "`m` is defined already");
  OK(link_host(&host));
  CHECK(number(host.instance) == 42);
  delete_host(&host);

  host = new_host(WITH_MODULE);
  OK(define_module(&host, host.engine, "(module (func (export \"go\") (result i64) (i64.const 42)))"));
  FAILS(link_host(&host), LINK, "`m`");
  safewasm_engine_t *other = new_engine();
  OK(safewasm_componentlinker_allow_shadowing(host.linker, true));
  FAILS(define_module(&host, other, "(module)"), WRONG_ENGINE, "`module`");
  OK(define(&host, NULL, "m", "(func)", nothing));
  FAILS(link_host(&host), LINK, "the import `m` is a module, but a function is defined");
  safewasm_engine_delete(other);
  delete_host(&host);

  host = new_host(GO(""));
  FAILS(safewasm_componentlinker_define_module(host.linker, NULL, 0, NAME("f"), NULL), NULL_POINTER,
        "`module`");
  safewasm_module_t *module = new_module(host.engine, "(module)");
  OK(safewasm_componentlinker_define_module(host.linker, NULL, 0, NAME("f"), module));
  FAILS(link_host(&host), LINK, "the import `f` is a function, but a module is defined");
  safewasm_module_delete(module);
  delete_host(&host);
}

TEST(unknown_imports_become_traps) {
  host_t host = new_host(GO_OF("a:b/c@0.2.1", RESULT));
  OK(safewasm_componentlinker_define_unknown_imports_as_traps(host.linker, host.component));
  OK(link_host(&host));
  FAILS(run(host.instance, "go"), TRAP, "the import `f` of `a:b/c@0.2.1` was called, but not defined");
  FAILS(run(host.instance, "go"), COMPONENTS_ENDED, "was called, but not defined");
  delete_host(&host);

  /* What is defined stays, also in a compatible version; what isn't can be defined later. */
  host = new_host("(component (import \"a:b/c@0.2.1\" (instance $i (export \"f\" (func (result u32)))"
                  "    (export \"g\" (func))))"
                  "  (import \"h\" (func $h))"
                  "  (core func $f (canon lower (func $i \"f\"))) (core func $g (canon lower (func $h)))"
                  "  (func (export \"go\") (result u32) (canon lift (core func $f)))"
                  "  (func (export \"h\") (canon lift (core func $g))))");
  OK(define(&host, "a:b/c@0.2.4", "f", "(func (result u32))", give_one));
  OK(safewasm_componentlinker_define_unknown_imports_as_traps(host.linker, host.component));
  OK(safewasm_componentlinker_define_unknown_imports_as_traps(host.linker, host.component));
  OK(link_host(&host));
  CHECK(number(host.instance) == 1);
  FAILS(define(&host, NULL, "h", "(func)", nothing), INVALID_ARGUMENT, "already");
  OK(safewasm_componentlinker_allow_shadowing(host.linker, true));
  OK(define(&host, NULL, "h", "(func)", nothing));
  OK(link_host(&host));
  OK(run(host.instance, "h"));
  CHECK(host.calls == 1);
  safewasm_engine_t *other = new_engine();
  safewasm_component_t *foreign = new_importer(other, "");
  FAILS(safewasm_componentlinker_define_unknown_imports_as_traps(host.linker, foreign), WRONG_ENGINE,
        "`component`");
  safewasm_component_delete(foreign);
  safewasm_engine_delete(other);
  delete_host(&host);
}

/* Results. */

static safewasm_error_t *give_twice(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                    size_t args_len) {
  (void)env, (void)args, (void)args_len;
  safewasm_node_t wrong = text_node("3");
  OK(give(caller, 1));
  OK(give(caller, 2));
  FAILS(safewasm_caller_return(caller, &wrong, 1), TYPE_MISMATCH, "`nodes`: expected u32, got string");
  FAILS(safewasm_caller_return(caller, NULL, 0), TYPE_MISMATCH,
        "`nodes`: expected u32, but there are no more nodes");
  safewasm_node_t two[] = {u32_node(1), u32_node(2)};
  FAILS(safewasm_caller_return(caller, two, 2), TYPE_MISMATCH,
        "there are 1 node too many; the function has one result");
  FAILS(safewasm_caller_return(caller, NULL, 1), NULL_POINTER, "`nodes`");
  FAILS(safewasm_caller_return(caller, (const safewasm_node_t *)(const void *)((const char *)two + 1), 1),
        INVALID_ARGUMENT, "`nodes`");
  FAILS(safewasm_caller_return(NULL, two, 1), NULL_POINTER, "`caller`");
  return NULL;
}

TEST(the_last_right_result_counts) {
  host_t host = new_host(GO(RESULT));
  OK(define(&host, NULL, "f", "(func (result u32))", give_twice));
  OK(link_host(&host));
  CHECK(number(host.instance) == 2);
  CHECK(number(host.instance) == 2);
  delete_host(&host);
}

TEST(a_host_function_that_owes_its_result_fails) {
  host_t host = new_host(GO(RESULT));
  OK(define(&host, NULL, "f", "(func (result u32))", nothing));
  OK(link_host(&host));
  FAILS(run(host.instance, "go"), TYPE_MISMATCH,
        "the host function for `f` returned without a result; give it by `safewasm_caller_return`");
  FAILS(run(host.instance, "go"), COMPONENTS_ENDED, "returned without a result");
  delete_host(&host);
}

static safewasm_error_t *give_too_much(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                       size_t args_len) {
  OK(safewasm_caller_return(caller, NULL, 0));
  FAILS(give(caller, 1), TYPE_MISMATCH, "there are 1 node too many; the function has no result");
  return nothing(env, caller, args, args_len);
}

TEST(a_function_without_a_result_gives_none) {
  host_t host = new_host(GO(""));
  OK(define(&host, NULL, "f", "(func)", give_too_much));
  OK(link_host(&host));
  OK(run(host.instance, "go"));
  CHECK(host.calls == 1);
  delete_host(&host);
}

static safewasm_error_t *give_bad_things(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                         size_t args_len) {
  ((host_t *)env)->calls++;
  safewasm_node_t changed[21];
  CHECK(args_len == 21);
  memcpy(changed, args, sizeof changed);
  changed[7] = u32_node(3);
  FAILS(safewasm_caller_return(caller, changed, 21), TYPE_MISMATCH,
        "`nodes`: element 0, field `shape`, case `named`: expected string, got u32");
  changed[7] = text_node("\xff");
  FAILS(safewasm_caller_return(caller, changed, 21), TYPE_MISMATCH, "the string isn't UTF-8");
  changed[6].index = 4;
  FAILS(safewasm_caller_return(caller, changed, 21), TYPE_MISMATCH, "`index` is 4, but there are 4 cases");
  return safewasm_caller_return(caller, changed, 20);
}

TEST(a_wrong_result_is_refused_with_the_path_to_it) {
  host_t host;
  new_echo(&host);
  OK(safewasm_componentlinker_allow_shadowing(host.linker, true));
  /* The 24th function, after five types. */
  safewasm_wittype_t *type = import_type(host.component, 0, 5 + 23);
  OK(define_typed(&host, INTERFACE, "things", type, give_bad_things));
  safewasm_wittype_delete(type);
  OK(link_host(&host));
  safewasm_node_t f32_node = node(SAFEWASM_WIT_F32);
  safewasm_node_t things[] = {
      parent_node(SAFEWASM_WIT_LIST, 2),
      parent_node(SAFEWASM_WIT_RECORD, 5), text_node("first"),
      parent_node(SAFEWASM_WIT_LIST, 2), text_node("x"), text_node("yy"),
      case_node(SAFEWASM_WIT_VARIANT, 2), text_node("triangle"),
      parent_node(SAFEWASM_WIT_TUPLE, 2), unsigned_node(SAFEWASM_WIT_U8, 200), f32_node,
      case_node(SAFEWASM_WIT_OPTION, 1), data_node(SAFEWASM_WIT_LIST, "ab", 1),
      parent_node(SAFEWASM_WIT_RECORD, 5), text_node(""), parent_node(SAFEWASM_WIT_LIST, 0),
      case_node(SAFEWASM_WIT_VARIANT, 3),
      parent_node(SAFEWASM_WIT_TUPLE, 2), unsigned_node(SAFEWASM_WIT_U8, 0), f32_node,
      case_node(SAFEWASM_WIT_OPTION, 0),
  };
  safewasm_values_t *values;
  FAILS(call_nodes(host.instance, "things", things, 21, &values), TYPE_MISMATCH, "`index` is 4");
  CHECK(host.calls == 1);
  delete_host(&host);
}

static safewasm_caller_t *kept;

static safewasm_error_t *keep(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                              size_t args_len) {
  (void)env, (void)args, (void)args_len;
  kept = caller;
  return give(caller, 1);
}

TEST(a_caller_ends_with_its_host_function) {
  host_t host = new_host(GO(RESULT));
  OK(define(&host, NULL, "f", "(func (result u32))", keep));
  OK(link_host(&host));
  CHECK(number(host.instance) == 1);
  FAILS(give(kept, 2), INVALID_HANDLE, "`caller`");
  delete_host(&host);
}

static safewasm_error_t *give_in_module(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                        size_t slots_len) {
  (void)slots, (void)slots_len;
  ((host_t *)env)->calls++;
  FAILS(give(caller, 2), UNSUPPORTED, "`caller` called a host function of core WebAssembly");
  return NULL;
}

TEST(a_host_function_of_a_module_gives_no_nodes) {
  host_t host = new_host("(component)");
  safewasm_functype_t *type;
  safewasm_func_t *func;
  OK(safewasm_functype_new(host.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(host.store, type, give_in_module, &host, NULL, &func));
  safewasm_extern_t import = {.kind = SAFEWASM_EXTERN_FUNC, .of = {.func = func}};
  safewasm_module_t *module =
      new_module(host.engine, "(module (import \"\" \"f\" (func $f)) (func (export \"go\") (call $f)))");
  safewasm_instance_t *instance;
  OK(safewasm_instance_new(host.store, module, &import, 1, &instance));
  safewasm_extern_t go = get_export(instance, "go");
  OK(safewasm_func_call_slots(go.of.func, NULL, 0));
  CHECK(host.calls == 1);
  safewasm_extern_delete(&go);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_func_delete(func);
  safewasm_functype_delete(type);
  delete_host(&host);
}

/* Failures. */

static safewasm_error_t *refuse(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                size_t args_len) {
  (void)caller, (void)args, (void)args_len;
  safewasm_error_t *error = NULL;
  ((host_t *)env)->calls++;
  OK(safewasm_error_new(NAME("no more paper"), NULL, NULL, TAG, &error));
  return error;
}

TEST(an_error_of_a_host_function_arrives_at_the_caller_and_ends_the_components) {
  host_t host = new_host(GO(""));
  OK(define(&host, NULL, "f", "(func)", refuse));
  OK(link_host(&host));
  safewasm_componentinstance_t *sibling;
  OK(safewasm_componentlinker_instantiate(host.linker, host.store, host.component, &sibling));
  FAILS(run(host.instance, "go"), HOST, "no more paper");
  FAILS(run(host.instance, "go"), COMPONENTS_ENDED, "no more paper");
  FAILS(run(sibling, "go"), COMPONENTS_ENDED, "no more paper");
  CHECK(host.calls == 1);
  FAILS(link_host(&host), COMPONENTS_ENDED, "no more paper");
  safewasm_componentinstance_delete(sibling);
  delete_host(&host);
}

#define STARTS                                                             \
  "(component (import \"f\" (func $f)) (core func $g (canon lower (func $f)))" \
  "  (core module $m (import \"\" \"f\" (func $f)) (start $f))"            \
  "  (core instance (instantiate $m (with \"\" (instance (export \"f\" (func $g)))))))"

TEST(a_start_function_calls_host_functions) {
  host_t host = new_host(STARTS);
  OK(define(&host, NULL, "f", "(func)", nothing));
  OK(link_host(&host));
  CHECK(host.calls == 1);
  OK(safewasm_componentlinker_allow_shadowing(host.linker, true));
  OK(define(&host, NULL, "f", "(func)", refuse));
  FAILS(link_host(&host), HOST, "no more paper");
  FAILS(link_host(&host), COMPONENTS_ENDED, "no more paper");
  delete_host(&host);
}

/* What a host function does in a nested call. */
typedef struct {
  host_t host;
  safewasm_error_t *(*inside)(void);
} inner_t;

static inner_t inner;

static safewasm_error_t *call_inside(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                     size_t args_len) {
  (void)caller;
  nothing(env, caller, args, args_len);
  return inner.inside();
}

static void new_inner(safewasm_error_t *(*inside)(void)) {
  inner.host = new_host(GO(""));
  inner.inside = inside;
  OK(define(&inner.host, NULL, "f", "(func)", call_inside));
  OK(link_host(&inner.host));
}

static safewasm_componentinstance_t *other_instance;

/* Another instance, whose function `trap` traps, and whose function `fine` doesn't. */
static void new_other(void) {
  safewasm_component_t *component;
  OK(safewasm_component_new_text(inner.host.engine,
                                 "(component (core module $m (func (export \"trap\") unreachable)"
                                 "    (func (export \"fine\")))"
                                 "  (core instance $i (instantiate $m))"
                                 "  (func (export \"trap\") (canon lift (core func $i \"trap\")))"
                                 "  (func (export \"fine\") (canon lift (core func $i \"fine\"))))",
                                 SAFEWASM_STRLEN, &component));
  OK(safewasm_componentinstance_new(inner.host.store, component, &other_instance));
  safewasm_component_delete(component);
}

static safewasm_error_t *swallow(void) {
  FAILS(run(other_instance, "trap"), TRAP, "unreachable");
  FAILS(run(other_instance, "fine"), COMPONENTS_ENDED, "unreachable");
  return NULL;
}

TEST(a_trap_that_a_host_function_swallows_ends_its_call_all_the_same) {
  new_inner(swallow);
  new_other();
  FAILS(run(inner.host.instance, "go"), COMPONENTS_ENDED, "unreachable");
  FAILS(run(inner.host.instance, "go"), COMPONENTS_ENDED, "unreachable");
  CHECK(inner.host.calls == 1);
  safewasm_componentinstance_delete(other_instance);
  delete_host(&inner.host);
}

static safewasm_error_t *reenter(void) {
  FAILS(run(inner.host.instance, "go"), STORE_BUSY, "waits for a host function");
  OK(run(other_instance, "fine"));
  FAILS(run(inner.host.instance, "go"), STORE_BUSY, "waits for a host function");
  safewasm_componentinstance_t *made = NULL;
  OK(safewasm_componentlinker_instantiate(inner.host.linker, inner.host.store, inner.host.component, &made));
  if (inner.host.calls < 3) OK(run(made, "go"));
  safewasm_componentinstance_delete(made);
  return NULL;
}

TEST(an_instance_that_waits_for_a_host_function_is_not_entered_again) {
  new_inner(reenter);
  new_other();
  OK(run(inner.host.instance, "go"));
  CHECK(inner.host.calls == 3);
  OK(run(inner.host.instance, "go"));
  CHECK(inner.host.calls == 4);
  safewasm_componentinstance_delete(other_instance);
  delete_host(&inner.host);
}

static safewasm_error_t *let_through(void) { return run(other_instance, "trap"); }

TEST(a_trap_in_a_nested_call_arrives_as_it_is) {
  new_inner(let_through);
  new_other();
  safewasm_error_t *error = run(inner.host.instance, "go");
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_UNREACHABLE);
  safewasm_error_delete(error);
  safewasm_componentinstance_delete(other_instance);
  delete_host(&inner.host);
}

static safewasm_error_t *delete_store_inside(void) {
  safewasm_componentlinker_delete(inner.host.linker);
  safewasm_component_delete(inner.host.component);
  safewasm_componentinstance_delete(inner.host.instance);
  safewasm_store_delete(inner.host.store);
  CHECK(inner.host.finalized == 0);
  return NULL;
}

TEST(a_host_function_may_delete_the_store) {
  new_inner(delete_store_inside);
  safewasm_componentfunc_t *func = func_of(inner.host.instance, "go");
  safewasm_values_t *values = NULL;
  OK(safewasm_componentfunc_call(func, NULL, 0, &values));
  CHECK(inner.host.calls == 1 && inner.host.finalized == 1);
  CHECK(safewasm_values_is_valid(values));
  safewasm_values_delete(values);
  FAILS(safewasm_componentfunc_call(func, NULL, 0, &values), INVALID_HANDLE, "`func`");
  delete_host(&inner.host);
}

/* The caller. */

static safewasm_error_t *use_caller(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                    size_t args_len) {
  host_t *host = (host_t *)env;
  safewasm_store_t *store = NULL;
  safewasm_extern_t export;
  uint8_t *data = (uint8_t *)&export;
  size_t len = 1;
  void *attached = NULL;
  OK(safewasm_caller_store(caller, &store));
  CHECK(store == host->store);
  OK(safewasm_caller_data(caller, &attached));
  CHECK(attached == host);
  FAILS(safewasm_caller_export(caller, NAME("memory"), &export), NOT_FOUND, "no export called `memory`");
  FAILS(safewasm_caller_memory(caller, NAME("memory"), &data, &len), NOT_FOUND, "no export called `memory`");
  CHECK(data == NULL && len == 0);
  return nothing(env, caller, args, args_len);
}

TEST(a_caller_that_is_a_component_has_a_store_and_no_exports) {
  host_t host = new_host(GO(""));
  OK(safewasm_store_set_data(host.store, &host, NULL));
  OK(define(&host, NULL, "f", "(func)", use_caller));
  OK(link_host(&host));
  OK(run(host.instance, "go"));
  CHECK(host.calls == 1);
  delete_host(&host);
}

/* Exceptions. */

static safewasm_func_t *thrower;

static safewasm_error_t *let_throw(void) { return safewasm_func_call_slots(thrower, NULL, 0); }

TEST(an_exception_ends_at_the_component_that_called) {
  inner.host = new_host("(component (import \"f\" (func $f)) (core func $g (canon lower (func $f)))"
                        "  (core module $m (import \"\" \"f\" (func $f))"
                        "    (func (export \"go\") (block $b (try_table (catch_all $b) (call $f)))))"
                        "  (core instance $i (instantiate $m (with \"\" (instance (export \"f\" (func $g))))))"
                        "  (func (export \"go\") (canon lift (core func $i \"go\"))))");
  inner.inside = let_throw;
  OK(define(&inner.host, NULL, "f", "(func)", call_inside));
  OK(link_host(&inner.host));
  safewasm_module_t *module =
      new_module(inner.host.engine, "(module (tag $t) (func (export \"throw\") (throw $t)))");
  safewasm_instance_t *instance;
  OK(safewasm_instance_new(inner.host.store, module, NULL, 0, &instance));
  safewasm_extern_t export = get_export(instance, "throw");
  thrower = export.of.func;
  FAILS(run(inner.host.instance, "go"), EXCEPTION, "");
  FAILS(run(inner.host.instance, "go"), COMPONENTS_ENDED, "");
  CHECK(inner.host.calls == 1);
  safewasm_extern_delete(&export);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  delete_host(&inner.host);
}

/* Lifetimes. */

TEST(a_host_function_lives_as_long_as_what_uses_it) {
  host_t host = new_host(GO(RESULT));
  OK(define(&host, NULL, "f", "(func (result u32))", give_one));
  OK(define(&host, NULL, "unused", "(func)", nothing));
  OK(link_host(&host));
  safewasm_componentlinker_delete(host.linker);
  safewasm_componentlinker_delete(host.linker);
  CHECK(host.finalized == 1);
  safewasm_component_delete(host.component);
  CHECK(number(host.instance) == 1);
  safewasm_componentfunc_t *go = func_of(host.instance, "go");
  safewasm_componentinstance_delete(host.instance);
  safewasm_values_t *values = NULL;
  OK(safewasm_componentfunc_call(go, NULL, 0, &values));
  safewasm_values_delete(values);
  safewasm_componentfunc_delete(go);
  CHECK(host.finalized == 1);
  safewasm_store_delete(host.store);
  CHECK(host.finalized == 2);
  delete_host(&host);
  CHECK(host.finalized == 2);
}

TEST(a_preinstantiation_makes_instances_in_many_stores) {
  host_t host = new_host(GO(RESULT));
  safewasm_componentinstancepre_t *pre = NULL;
  FAILS(safewasm_componentlinker_instantiate_pre(host.linker, host.component, &pre), LINK, "`f`");
  CHECK(pre == NULL);
  OK(define(&host, NULL, "f", "(func (result u32))", give_one));
  OK(safewasm_componentlinker_instantiate_pre(host.linker, host.component, &pre));
  CHECK(safewasm_componentinstancepre_is_valid(pre));
  /* Later definitions have no effect. */
  OK(safewasm_componentlinker_allow_shadowing(host.linker, true));
  OK(define(&host, NULL, "f", "(func (result u32))", give_two));
  CHECK(host.finalized == 0);
  safewasm_componentlinker_delete(host.linker);
  safewasm_component_delete(host.component);
  CHECK(host.finalized == 1);
  safewasm_store_t *stores[3];
  safewasm_componentinstance_t *instances[3];
  for (int i = 0; i < 3; i++) {
    OK(safewasm_store_new(host.engine, &stores[i]));
    OK(safewasm_componentinstancepre_instantiate(pre, stores[i], &instances[i]));
  }
  safewasm_engine_t *other = new_engine();
  safewasm_store_t *foreign;
  safewasm_componentinstance_t *none = instances[0];
  OK(safewasm_store_new(other, &foreign));
  FAILS(safewasm_componentinstancepre_instantiate(pre, foreign, &none), WRONG_ENGINE, "`instancepre`");
  CHECK(none == NULL);
  safewasm_componentinstancepre_delete(pre);
  safewasm_componentinstancepre_delete(pre);
  CHECK(!safewasm_componentinstancepre_is_valid(pre));
  FAILS(safewasm_componentinstancepre_instantiate(pre, stores[0], &none), INVALID_HANDLE, "`instancepre`");
  CHECK(host.finalized == 1);
  for (int i = 0; i < 3; i++) {
    CHECK(number(instances[i]) == 1);
    safewasm_componentinstance_delete(instances[i]);
    CHECK(host.finalized == 1);
    safewasm_store_delete(stores[i]);
  }
  CHECK(host.finalized == 2);
  safewasm_store_delete(foreign);
  safewasm_engine_delete(other);
  delete_host(&host);
}

TEST(a_linker_serves_its_engine_only) {
  host_t host = new_host("(component)"), other = new_host("(component)");
  safewasm_componentinstance_t *instance = other.instance;
  safewasm_componentinstancepre_t *pre;
  FAILS(safewasm_componentlinker_instantiate(host.linker, host.store, other.component, &instance),
        WRONG_ENGINE, "`component`");
  FAILS(safewasm_componentlinker_instantiate(host.linker, other.store, host.component, &instance),
        WRONG_ENGINE, "`linker`");
  FAILS(safewasm_componentlinker_instantiate_pre(host.linker, other.component, &pre), WRONG_ENGINE,
        "`component`");
  /* A type may come from anywhere. */
  safewasm_wittype_t *type = type_in(other.engine, "(import \"f\" (func (result u32)))");
  OK(define_typed(&host, NULL, "f", type, give_one));
  safewasm_wittype_delete(type);
  delete_host(&other);
  safewasm_component_delete(host.component);
  OK(safewasm_component_new_text(host.engine, GO(RESULT), SAFEWASM_STRLEN, &host.component));
  OK(link_host(&host));
  CHECK(number(host.instance) == 1);
  delete_host(&host);
}

/* Time. */

static safewasm_error_t *sleep_long(void *env, safewasm_caller_t *caller, const safewasm_node_t *args,
                                    size_t args_len) {
  usleep(60000);
  return nothing(env, caller, args, args_len);
}

TEST(a_deadline_that_passes_in_a_host_function_ends_the_call) {
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_epoch_interruption(config, true));
  host_t host = {NULL};
  OK(safewasm_engine_new(config, &host.engine));
  safewasm_config_delete(config);
  OK(safewasm_store_new(host.engine, &host.store));
  OK(safewasm_componentlinker_new(host.engine, &host.linker));
  OK(safewasm_component_new_text(host.engine, GO(""), SAFEWASM_STRLEN, &host.component));
  OK(define(&host, NULL, "f", "(func)", sleep_long));
  OK(link_host(&host));
  OK(run(host.instance, "go"));
  OK(safewasm_store_set_deadline(host.store, 20000000));
  safewasm_error_t *error = run(host.instance, "go");
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
  safewasm_error_delete(error);
  CHECK(host.calls == 2);
  OK(safewasm_store_set_deadline(host.store, UINT64_MAX));
  FAILS(run(host.instance, "go"), COMPONENTS_ENDED, "");
  delete_host(&host);
}

/* Hooks. */

static char told[16];

static void *current_task(void *env) { return env; }
static ptrdiff_t begin_host(void *env) { return (void)env, strcat(told, "H"), 1; }
static void end_host(ptrdiff_t state, void *env) { (void)state, (void)env, strcat(told, "h"); }
static ptrdiff_t begin_wasm(void *env) { return (void)env, strcat(told, "W"), 1; }
static void end_wasm(ptrdiff_t state, void *env) { (void)state, (void)env, strcat(told, "w"); }

TEST(hooks_are_called_around_a_host_function_of_a_component) {
  safewasm_hooks_t hooks = {.size = sizeof hooks, .env = &told, .current_task = current_task,
                            .begin_wasm = begin_wasm, .end_wasm = end_wasm,
                            .begin_host = begin_host, .end_host = end_host};
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_hooks(config, &hooks));
  host_t host = {NULL};
  OK(safewasm_engine_new(config, &host.engine));
  safewasm_config_delete(config);
  OK(safewasm_store_new(host.engine, &host.store));
  OK(safewasm_componentlinker_new(host.engine, &host.linker));
  OK(safewasm_component_new_text(host.engine, GO(""), SAFEWASM_STRLEN, &host.component));
  OK(define(&host, NULL, "f", "(func)", nothing));
  OK(link_host(&host));
  told[0] = 0;
  OK(run(host.instance, "go"));
  CHECK(strcmp(told, "WHhw") == 0);
  delete_host(&host);
}

/* Threads. */

static void *use_linker(void *argument) {
  host_t *shared = (host_t *)argument;
  for (int i = 0; i < 20; i++) {
    safewasm_store_t *store = NULL;
    safewasm_componentinstance_t *instance = NULL;
    OK(safewasm_store_new(shared->engine, &store));
    OK(define(shared, NULL, "f", "(func (result u32))", i % 2 == 0 ? give_one : give_two));
    OK(safewasm_componentlinker_instantiate(shared->linker, store, shared->component, &instance));
    uint64_t found = number(instance);
    CHECK(found == 1 || found == 2);
    safewasm_componentinstance_delete(instance);
    safewasm_store_delete(store);
  }
  return NULL;
}

TEST(threads_share_a_linker) {
  host_t host = new_host(GO(RESULT));
  OK(safewasm_componentlinker_allow_shadowing(host.linker, true));
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, use_linker, &host);
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  CHECK(host.finalized == 59);
  delete_host(&host);
  CHECK(host.finalized == 60);
}

int main(void) {
  RUN(every_kind_of_value_goes_to_a_host_function_and_back);
  RUN(values_in_values_go_to_a_host_function_and_back);
  RUN(a_megabyte_goes_to_a_host_function_and_back);
  RUN(more_than_sixteen_parameters_come_through_memory);
  RUN(an_import_of_the_component_itself_is_found_by_its_name);
  RUN(an_interface_is_found_by_a_compatible_version);
  RUN(an_exact_version_comes_first_and_then_the_highest);
  RUN(a_name_is_defined_twice_only_if_shadowing_is_allowed);
  RUN(a_definition_that_is_wrong_is_refused_and_finalized);
  RUN(an_import_of_another_type_is_refused_with_the_place_that_differs);
  RUN(named_types_are_compared_by_their_names_and_types_of_parts);
  RUN(missing_imports_are_listed_with_similar_names);
  RUN(a_module_is_an_import);
  RUN(unknown_imports_become_traps);
  RUN(the_last_right_result_counts);
  RUN(a_host_function_that_owes_its_result_fails);
  RUN(a_function_without_a_result_gives_none);
  RUN(a_wrong_result_is_refused_with_the_path_to_it);
  RUN(a_caller_ends_with_its_host_function);
  RUN(a_host_function_of_a_module_gives_no_nodes);
  RUN(an_error_of_a_host_function_arrives_at_the_caller_and_ends_the_components);
  RUN(a_start_function_calls_host_functions);
  RUN(a_trap_that_a_host_function_swallows_ends_its_call_all_the_same);
  RUN(an_instance_that_waits_for_a_host_function_is_not_entered_again);
  RUN(a_trap_in_a_nested_call_arrives_as_it_is);
  RUN(a_host_function_may_delete_the_store);
  RUN(a_caller_that_is_a_component_has_a_store_and_no_exports);
  RUN(an_exception_ends_at_the_component_that_called);
  RUN(a_host_function_lives_as_long_as_what_uses_it);
  RUN(a_preinstantiation_makes_instances_in_many_stores);
  RUN(a_linker_serves_its_engine_only);
  RUN(a_deadline_that_passes_in_a_host_function_ends_the_call);
  RUN(hooks_are_called_around_a_host_function_of_a_component);
  RUN(threads_share_a_linker);
  return finish("componentlinker");
}
