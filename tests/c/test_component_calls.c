/* Instances of components, and calls of their functions. */
#include "components.h"

/* Calls `name`, which returns its argument, and checks that the result has the same nodes. `size` is the size of the
   elements of a packed list. */
static void echoes(host_t host, const char *name, const safewasm_node_t *args, size_t len, size_t size) {
  safewasm_componentfunc_t *func = func_of(host, NULL, name);
  safewasm_values_t *values = NULL;
  const safewasm_node_t *nodes = NULL;
  size_t found = 0;
  OK(safewasm_componentfunc_call(func, args, len, &values));
  OK(safewasm_values_nodes(values, &nodes, &found));
  CHECK(found == len);
  for (size_t i = 0; i < found && i < len; i++) {
    CHECK(nodes[i].kind == args[i].kind);
    CHECK(nodes[i].index == args[i].index);
    CHECK(nodes[i].len == args[i].len);
    int is_text = args[i].kind == SAFEWASM_WIT_STRING;
    if (is_text || (args[i].kind == SAFEWASM_WIT_LIST && size > 0)) {
      size_t bytes = args[i].len * (is_text ? 1 : size);
      CHECK(bytes == 0 || memcmp(nodes[i].of.data, args[i].of.data, bytes) == 0);
    } else if (args[i].kind != SAFEWASM_WIT_LIST) {
      CHECK(nodes[i].of.u == args[i].of.u);
    }
  }
  safewasm_values_delete(values);
  safewasm_componentfunc_delete(func);
}

static void refuses(host_t host, const char *name, const safewasm_node_t *args, size_t len, const char *text) {
  safewasm_componentfunc_t *func = func_of(host, NULL, name);
  safewasm_values_t *values = (safewasm_values_t *)&host;
  FAILS(safewasm_componentfunc_call(func, args, len, &values), TYPE_MISMATCH, text);
  CHECK(values == NULL);
  safewasm_componentfunc_delete(func);
}

TEST(every_kind_of_value_goes_there_and_back) {
  host_t host = new_echo();
  safewasm_node_t value;
#define ECHOES(name, made) (value = (made), echoes(host, name, &value, 1, 0))
  ECHOES("bool", unsigned_node(SAFEWASM_WIT_BOOL, 1));
  ECHOES("s8", signed_node(SAFEWASM_WIT_S8, -128));
  ECHOES("u8", unsigned_node(SAFEWASM_WIT_U8, 255));
  ECHOES("s16", signed_node(SAFEWASM_WIT_S16, -32768));
  ECHOES("u16", unsigned_node(SAFEWASM_WIT_U16, 65535));
  ECHOES("s32", signed_node(SAFEWASM_WIT_S32, INT32_MIN));
  ECHOES("u32", unsigned_node(SAFEWASM_WIT_U32, UINT32_MAX));
  ECHOES("s64", signed_node(SAFEWASM_WIT_S64, INT64_MIN));
  ECHOES("u64", unsigned_node(SAFEWASM_WIT_U64, UINT64_MAX));
  ECHOES("char", unsigned_node(SAFEWASM_WIT_CHAR, 0x10ffff));
  value = node(SAFEWASM_WIT_F32);
  value.of.f32 = -1.5f;
  echoes(host, "f32", &value, 1, 0);
  value = node(SAFEWASM_WIT_F64);
  value.of.f64 = 1e300;
  echoes(host, "f64", &value, 1, 0);
  ECHOES("paint", case_node(SAFEWASM_WIT_ENUM, 1));
  value = unsigned_node(SAFEWASM_WIT_FLAGS, 5);
  value.len = 3;
  echoes(host, "allow", &value, 1, 0);
  value = unsigned_node(SAFEWASM_WIT_FLAGS, 0x80000001);
  value.len = 32;
  echoes(host, "allow-wide", &value, 1, 0);
  ECHOES("maybe", case_node(SAFEWASM_WIT_OPTION, 0));
  safewasm_node_t some[] = {case_node(SAFEWASM_WIT_OPTION, 1), unsigned_node(SAFEWASM_WIT_U32, 7)};
  echoes(host, "maybe", some, 2, 0);
  safewasm_node_t error[] = {case_node(SAFEWASM_WIT_RESULT, 1), unsigned_node(SAFEWASM_WIT_U32, 7)};
  echoes(host, "fallible", error, 2, 0);
  safewasm_node_t point[] = {parent_node(SAFEWASM_WIT_RECORD, 2), signed_node(SAFEWASM_WIT_S32, -3),
                             signed_node(SAFEWASM_WIT_S32, 4)};
  echoes(host, "move", point, 3, 0);
  safewasm_node_t points[] = {parent_node(SAFEWASM_WIT_LIST, 2), point[0], point[1], point[2],
                              point[0], point[2], point[1]};
  echoes(host, "points", points, 7, 0);
  safewasm_node_t strings[] = {parent_node(SAFEWASM_WIT_LIST, 3), text_node("a"), text_node(""),
                               text_node("gr\xc3\xbc\xc3\x9f")};
  echoes(host, "strings", strings, 4, 0);
  delete_host(host);
}

TEST(packed_lists_need_no_alignment_and_may_be_empty) {
  host_t host = new_echo();
  static char room[1 << 20];
  for (size_t i = 0; i < sizeof room; i++) room[i] = (char)(i * 7);
  for (size_t offset = 0; offset < 9; offset++) {
    safewasm_node_t bytes = data_node(SAFEWASM_WIT_LIST, room + offset, 1000);
    echoes(host, "bytes", &bytes, 1, 1);
    safewasm_node_t numbers = data_node(SAFEWASM_WIT_LIST, room + offset, 100);
    echoes(host, "numbers", &numbers, 1, 8);
  }
  safewasm_node_t large = data_node(SAFEWASM_WIT_LIST, room, sizeof room);
  echoes(host, "bytes", &large, 1, 1);
  safewasm_node_t empty = data_node(SAFEWASM_WIT_LIST, NULL, 0);
  echoes(host, "bytes", &empty, 1, 1);
  echoes(host, "strings", &empty, 1, 0);
  const uint32_t chars[] = {'a', 0xd7ff, 0xe000};
  safewasm_node_t list = data_node(SAFEWASM_WIT_LIST, chars, 3);
  echoes(host, "chars", &list, 1, 4);
  list = data_node(SAFEWASM_WIT_LIST, "\0\1\1", 3);
  echoes(host, "bools", &list, 1, 1);
  delete_host(host);
}

TEST(functions_of_an_interface_are_found_with_and_without_its_version) {
  host_t host = new_echo();
  const char *names[] = {"docs:echo/text@0.1.3", "docs:echo/text@0.1.0", "docs:echo/text@0.1.9",
                         "docs:echo/text"};
  for (size_t i = 0; i < 4; i++) {
    safewasm_componentfunc_t *func = func_of(host, names[i], "string");
    safewasm_values_t *values = NULL;
    const safewasm_node_t *nodes;
    size_t len;
    for (int again = 0; again < 3; again++) {
      safewasm_node_t text = text_node("to the component and back");
      OK(safewasm_componentfunc_call(func, &text, 1, &values));
      OK(safewasm_values_nodes(values, &nodes, &len));
      CHECK(len == 1 && nodes[0].len == text.len);
      CHECK(memcmp(nodes[0].of.data, text.of.data, text.len) == 0);
      safewasm_values_delete(values);
    }
    safewasm_componentfunc_delete(func);
  }
  safewasm_componentfunc_t *func;
#define MISSING(interface, name, kind, text)                                                 \
  FAILS(safewasm_componentinstance_func(host.instance, interface, interface_len(interface), \
                                        name, SAFEWASM_STRLEN, &func), kind, text)
  MISSING("docs:echo/text@0.2.0", "string", NOT_FOUND, "there is no export called `docs:echo/text@0.2.0`");
  MISSING("docs:echo/text@0.1.3", "strin", NOT_FOUND, "`docs:echo/text@0.1.3`: there is no export called `strin`");
  MISSING(NULL, "string", NOT_FOUND, "the exports are: ");
  MISSING(NULL, "docs:echo/text@0.1.3", TYPE_MISMATCH, "is no function");
  MISSING(NULL, "point", TYPE_MISMATCH, "is no function");
  delete_host(host);
}

TEST(arguments_that_do_not_fit_are_refused_with_the_path_to_them) {
  host_t host = new_echo();
  safewasm_node_t value = text_node("7");
  refuses(host, "u32", &value, 1, "`args`: parameter `x`: expected u32, got string");
  refuses(host, "u32", NULL, 0, "parameter `x`: expected u32, but there are no more nodes");
  value = unsigned_node(SAFEWASM_WIT_U32, 1);
  safewasm_node_t two[] = {value, value};
  refuses(host, "u32", two, 2, "there are 1 node too many; the function has 1 parameter");
  refuses(host, "none", two, 1, "the function has 0 parameters");
  value.kind = 200;
  refuses(host, "u32", &value, 1, "the node has no valid kind");
  value = unsigned_node(SAFEWASM_WIT_U8, 256);
  refuses(host, "u8", &value, 1, "256 is no u8");
  value = signed_node(SAFEWASM_WIT_S8, -129);
  refuses(host, "s8", &value, 1, "-129 is no s8");
  value = unsigned_node(SAFEWASM_WIT_BOOL, 2);
  refuses(host, "bool", &value, 1, "a bool is 0 or 1");
  value = unsigned_node(SAFEWASM_WIT_CHAR, 0xd800);
  refuses(host, "char", &value, 1, "0xd800 is no Unicode scalar value");
  value = case_node(SAFEWASM_WIT_ENUM, 2);
  refuses(host, "paint", &value, 1, "`index` is 2, but there are 2 cases");
  value = unsigned_node(SAFEWASM_WIT_FLAGS, 8);
  value.len = 3;
  refuses(host, "allow", &value, 1, "a flag is set that the type doesn't have");
  value.len = 4;
  refuses(host, "allow", &value, 1, "expected 3 flags, but `len` is 4");
  value = data_node(SAFEWASM_WIT_LIST, NULL, 1);
  refuses(host, "bytes", &value, 1, "`data` is NULL, and `len` is 1");
  value = data_node(SAFEWASM_WIT_LIST, "", SIZE_MAX);
  refuses(host, "bytes", &value, 1, "too long");
  value = data_node(SAFEWASM_WIT_LIST, "", SIZE_MAX / 8 + 2);
  refuses(host, "numbers", &value, 1, "too long");
  const uint32_t chars[] = {'a', 0x110000};
  value = data_node(SAFEWASM_WIT_LIST, chars, 2);
  refuses(host, "chars", &value, 1, "element 1: it is no Unicode scalar value");
  const uint32_t surrogate[] = {0xdfff};
  value = data_node(SAFEWASM_WIT_LIST, surrogate, 1);
  refuses(host, "chars", &value, 1, "element 0: it is no Unicode scalar value");
  value = data_node(SAFEWASM_WIT_LIST, "\1\2", 2);
  refuses(host, "bools", &value, 1, "a bool is 0 or 1");
  safewasm_node_t strings[] = {parent_node(SAFEWASM_WIT_LIST, 2), text_node("a"), text_node("\xff")};
  refuses(host, "strings", strings, 3, "parameter `x`, element 1: the string isn't UTF-8");
  strings[0].len = 3;
  refuses(host, "strings", strings, 3, "element 1: the string isn't UTF-8");
  strings[0].len = SIZE_MAX / 8;
  refuses(host, "strings", strings, 3, "too long");
  safewasm_node_t points[] = {parent_node(SAFEWASM_WIT_LIST, 1), parent_node(SAFEWASM_WIT_RECORD, 2),
                              signed_node(SAFEWASM_WIT_S32, 1), text_node("2")};
  refuses(host, "points", points, 4, "parameter `x`, element 0, field `y`: expected s32, got string");
  points[1].len = 1;
  refuses(host, "points", points, 4, "expected 2 fields, but `len` is 1");
  safewasm_node_t some[] = {case_node(SAFEWASM_WIT_OPTION, 1), text_node("")};
  refuses(host, "maybe", some, 2, "the value of the option: expected u32, got string");
  some[0].index = 2;
  refuses(host, "maybe", some, 2, "`index` is 2, but there are 2 cases");
  /* All that has changed nothing. */
  value = unsigned_node(SAFEWASM_WIT_U32, 1);
  echoes(host, "u32", &value, 1, 0);
  delete_host(host);
}

TEST(more_than_sixteen_parameters_go_through_memory) {
  host_t host = new_echo();
  safewasm_componentfunc_t *func = func_of(host, NULL, "seventeen");
  safewasm_node_t args[17];
  for (size_t i = 0; i < 17; i++) args[i] = unsigned_node(SAFEWASM_WIT_U32, 100 + i);
  safewasm_values_t *values = NULL;
  const safewasm_node_t *nodes;
  size_t len;
  OK(safewasm_componentfunc_call(func, args, 17, &values));
  OK(safewasm_values_nodes(values, &nodes, &len));
  CHECK(len == 1 && nodes[0].of.u == 116);
  safewasm_values_delete(values);
  args[16] = text_node("");
  FAILS(safewasm_componentfunc_call(func, args, 17, &values), TYPE_MISMATCH, "parameter `last`");
  FAILS(safewasm_componentfunc_call(func, args, 16, &values), TYPE_MISMATCH, "parameter `last`");
  safewasm_componentfunc_delete(func);
  delete_host(host);
}

TEST(a_function_without_a_result_returns_no_nodes) {
  host_t host = new_echo();
  safewasm_componentfunc_t *func = func_of(host, NULL, "none");
  safewasm_values_t *values = NULL;
  const safewasm_node_t *nodes;
  size_t len = 1;
  OK(safewasm_componentfunc_call(func, NULL, 0, &values));
  OK(safewasm_values_nodes(values, &nodes, &len));
  CHECK(len == 0);
  CHECK(safewasm_values_is_valid(values));
  safewasm_values_delete(values);
  safewasm_values_delete(values);
  CHECK(!safewasm_values_is_valid(values));
  FAILS(safewasm_values_nodes(values, &nodes, &len), INVALID_HANDLE, "`values`");
  safewasm_componentfunc_delete(func);
  delete_host(host);
}

TEST(values_that_a_component_makes_up_are_traps) {
  static const struct {
    const char *name, *text;
    uint32_t arg;
  } cases[] = {
      {"bad-list", "out of bounds", UINT32_MAX}, {"bad-list", "out of bounds", 400000},
      {"bad-string", "out of bounds", UINT32_MAX}, {"bad-string", "utf-8", 4},
      {"bad-char", "", 0xd800},                  {"bad-case", "case 2 doesn't exist", 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    host_t host = new_echo();
    safewasm_componentfunc_t *func = func_of(host, NULL, cases[i].name);
    safewasm_node_t arg = unsigned_node(SAFEWASM_WIT_U32, cases[i].arg);
    safewasm_values_t *values;
    FAILS(safewasm_componentfunc_call(func, &arg, 1, &values), TRAP, cases[i].text);
    FAILS(safewasm_componentfunc_call(func, &arg, 1, &values), COMPONENTS_ENDED, cases[i].text);
    safewasm_componentfunc_delete(func);
    delete_host(host);
  }
}

TEST(a_failure_ends_all_components_of_the_store_and_no_others) {
  host_t host = new_echo();
  safewasm_componentinstance_t *sibling = NULL, *late = NULL;
  OK(safewasm_componentinstance_new(host.store, host.component, &sibling));
  safewasm_componentfunc_t *trap = func_of(host, NULL, "trap"), *none = NULL;
  OK(safewasm_componentinstance_func(sibling, NULL, 0, "none", SAFEWASM_STRLEN, &none));
  safewasm_values_t *values;
  FAILS(safewasm_componentfunc_call(trap, NULL, 0, &values), TRAP, "unreachable");
  FAILS(safewasm_componentfunc_call(none, NULL, 0, &values), COMPONENTS_ENDED, "unreachable");
  FAILS(safewasm_componentinstance_new(host.store, host.component, &late), COMPONENTS_ENDED,
        "use another store");
  CHECK(late == NULL);
  /* Modules go on. */
  safewasm_module_t *module = new_module(host.engine, "(module (func (export \"f\") unreachable))");
  safewasm_instance_t *instance = NULL;
  OK(safewasm_instance_new(host.store, module, NULL, 0, &instance));
  safewasm_store_t *other = NULL;
  OK(safewasm_store_new(host.engine, &other));
  OK(safewasm_componentinstance_new(other, host.component, &late));
  safewasm_componentfunc_delete(none);
  OK(safewasm_componentinstance_func(late, NULL, 0, "none", SAFEWASM_STRLEN, &none));
  OK(safewasm_componentfunc_call(none, NULL, 0, &values));
  safewasm_values_delete(values);
  safewasm_store_delete(other);
  FAILS(safewasm_componentfunc_call(none, NULL, 0, &values), INVALID_HANDLE, "`func`");
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  delete_host(host);
}

TEST(a_trap_of_a_module_ends_the_components_of_its_store) {
  host_t host = new_echo();
  safewasm_module_t *module = new_module(host.engine, "(module (func (export \"f\") unreachable))");
  safewasm_instance_t *instance = NULL;
  OK(safewasm_instance_new(host.store, module, NULL, 0, &instance));
  safewasm_extern_t f = get_export(instance, "f");
  safewasm_componentfunc_t *none = func_of(host, NULL, "none");
  safewasm_values_t *values;
  FAILS(safewasm_func_call(f.of.func, NULL, 0, NULL, 0), TRAP, "unreachable");
  FAILS(safewasm_componentfunc_call(none, NULL, 0, &values), COMPONENTS_ENDED, "unreachable");
  safewasm_extern_delete(&f);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  delete_host(host);
}

TEST(a_component_with_imports_is_refused_with_their_names) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = NULL;
  safewasm_store_t *store = NULL;
  safewasm_componentinstance_t *instance = NULL;
  const char *text = "(component (import \"a:b/c\" (instance (export \"f\" (func)))) (import \"g\" (func)))";
  OK(safewasm_component_new_text(engine, text, SAFEWASM_STRLEN, &component));
  OK(safewasm_store_new(engine, &store));
  FAILS(safewasm_componentinstance_new(store, component, &instance), LINK,
        "imports `a:b/c` and 1 other item");
  safewasm_engine_t *other = new_engine();
  safewasm_component_t *foreign = NULL;
  OK(safewasm_component_new_text(other, "(component)", SAFEWASM_STRLEN, &foreign));
  FAILS(safewasm_componentinstance_new(store, foreign, &instance), WRONG_ENGINE, "`component`");
  safewasm_component_delete(foreign);
  safewasm_engine_delete(other);
  safewasm_store_delete(store);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

TEST(the_end_of_fuel_ends_a_call) {
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_consume_fuel(config, true));
  safewasm_engine_t *engine = NULL;
  OK(safewasm_engine_new(config, &engine));
  safewasm_component_t *component = NULL;
  safewasm_store_t *store = NULL;
  safewasm_componentinstance_t *instance = NULL;
  safewasm_componentfunc_t *func = NULL;
  safewasm_values_t *values;
  OK(safewasm_component_new_text(engine,
                                 "(component (core module $m (func (export \"f\") (loop (br 0))))"
                                 "  (core instance $i (instantiate $m))"
                                 "  (func (export \"f\") (canon lift (core func $i \"f\"))))",
                                 SAFEWASM_STRLEN, &component));
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_store_set_fuel(store, 10000));
  OK(safewasm_componentinstance_new(store, component, &instance));
  OK(safewasm_componentinstance_func(instance, NULL, 0, "f", SAFEWASM_STRLEN, &func));
  safewasm_error_t *error = safewasm_componentfunc_call(func, NULL, 0, &values);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_OUT_OF_FUEL);
  safewasm_error_delete(error);
  uint64_t left = 1;
  OK(safewasm_store_fuel(store, &left));
  CHECK(left == 0);
  FAILS(safewasm_componentfunc_call(func, NULL, 0, &values), COMPONENTS_ENDED, "fuel");
  safewasm_store_delete(store);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(every_kind_of_value_goes_there_and_back);
  RUN(packed_lists_need_no_alignment_and_may_be_empty);
  RUN(functions_of_an_interface_are_found_with_and_without_its_version);
  RUN(arguments_that_do_not_fit_are_refused_with_the_path_to_them);
  RUN(more_than_sixteen_parameters_go_through_memory);
  RUN(a_function_without_a_result_returns_no_nodes);
  RUN(values_that_a_component_makes_up_are_traps);
  RUN(a_failure_ends_all_components_of_the_store_and_no_others);
  RUN(a_trap_of_a_module_ends_the_components_of_its_store);
  RUN(a_component_with_imports_is_refused_with_their_names);
  RUN(the_end_of_fuel_ends_a_call);
  return finish("componentcalls");
}
