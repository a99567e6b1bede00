/* Components: compiled from bytes, text and files, described, kept as artifacts, and read by many threads. */
#include "binary.h"
#include "cache.h"
#include <pthread.h>
#include <sys/wait.h>

static const char *TINY = "(component (import \"f\" (func)))";

/* A component with a core module that it instantiates. */
static const char *SIZED =
    "(component"
    "  (core module $m"
    "    (func (export \"area\") (param f64 f64) (result f64) (f64.mul (local.get 0) (local.get 1))))"
    "  (core instance $i (instantiate $m))"
    "  (type $size (record (field \"width\" f64) (field \"height\" f64)))"
    "  (export $sized \"size\" (type $size))"
    "  (func (export \"area\") (param \"of\" $sized) (result f64) (canon lift (core func $i \"area\"))))";

static safewasm_component_t *new_component(safewasm_engine_t *engine, const char *text) {
  safewasm_component_t *component = NULL;
  OK(safewasm_component_new_text(engine, text, SAFEWASM_STRLEN, &component));
  return component;
}

static safewasm_bytes_t *wasm_of(const char *text, const uint8_t **data, size_t *len) {
  safewasm_bytes_t *bytes = NULL;
  OK(safewasm_wat2wasm(text, SAFEWASM_STRLEN, &bytes));
  OK(safewasm_bytes_data(bytes, data, len));
  return bytes;
}

static safewasm_bytes_t *artifact_of(safewasm_component_t *component, const uint8_t **data, size_t *len) {
  safewasm_bytes_t *bytes = NULL;
  OK(safewasm_component_serialize(component, &bytes));
  OK(safewasm_bytes_data(bytes, data, len));
  return bytes;
}

static bool is(safewasm_text_t text, const char *wanted) {
  return text.data != NULL && text.len == strlen(wanted) && strcmp(text.data, wanted) == 0;
}

static safewasm_wittype_t *export_at(safewasm_component_t *component, size_t index, const char *wanted) {
  safewasm_text_t name;
  safewasm_wittype_t *type = NULL;
  OK(safewasm_component_export(component, index, &name, &type));
  CHECK(is(name, wanted));
  return type;
}

static safewasm_wittype_t *import_at(safewasm_component_t *component, size_t index, const char *wanted) {
  safewasm_text_t name;
  safewasm_wittype_t *type = NULL;
  OK(safewasm_component_import(component, index, &name, &type));
  CHECK(is(name, wanted));
  return type;
}

static size_t exports_of(safewasm_component_t *component) {
  size_t len = 99;
  OK(safewasm_component_exports_len(component, &len));
  return len;
}

static size_t imports_of(safewasm_component_t *component) {
  size_t len = 99;
  OK(safewasm_component_imports_len(component, &len));
  return len;
}

static safewasm_text_t text_of(safewasm_wittype_t *type) {
  safewasm_text_t text = {NULL, 0};
  OK(safewasm_wittype_text(type, &text));
  return text;
}

static void expect_text(safewasm_wittype_t *type, const char *wanted) {
  const safewasm_text_t text = text_of(type);
  CHECK(is(text, wanted));
  if (!is(text, wanted)) printf("%s, not %s\n", text.data, wanted);
}

/* Checks what `SIZED` has. */
static void check_sized(safewasm_component_t *component) {
  CHECK(imports_of(component) == 0 && exports_of(component) == 2);
  safewasm_wittype_t *size = export_at(component, 0, "size"), *area = export_at(component, 1, "area");
  expect_text(size, "record { width: f64, height: f64 }");
  expect_text(area, "func(of: record { width: f64, height: f64 }) -> f64");
  safewasm_wittype_delete(size);
  safewasm_wittype_delete(area);
}

static char path[] = "target/c/component-XXXXXX";

static void new_file(const void *data, size_t len) {
  strcpy(path, "target/c/component-XXXXXX");
  const int file = mkstemp(path);
  CHECK(file >= 0 && write(file, data, len) == (ssize_t)len && close(file) == 0);
}

TEST(a_component_comes_from_text_bytes_and_files) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(engine, SIZED);
  const uint8_t *data = NULL, *own = NULL;
  size_t len = 0, own_len = 0;
  check_sized(component);
  safewasm_component_delete(component);

  safewasm_bytes_t *bytes = wasm_of(SIZED, &data, &len);
  OK(safewasm_component_new(engine, data, len, &component));
  check_sized(component);
  OK(safewasm_component_wasm(component, &own, &own_len));
  CHECK(own != data && own_len == len && memcmp(own, data, len) == 0);
  safewasm_component_delete(component);

  new_file(data, len);
  OK(safewasm_component_new_file(engine, path, SAFEWASM_STRLEN, &component));
  CHECK(unlink(path) == 0);
  check_sized(component);
  safewasm_component_delete(component);
  new_file(SIZED, strlen(SIZED));
  OK(safewasm_component_new_file(engine, path, strlen(path), &component));
  CHECK(unlink(path) == 0);
  check_sized(component);
  safewasm_component_delete(component);
  safewasm_bytes_delete(bytes);
  safewasm_engine_delete(engine);
}

TEST(a_file_that_is_none_is_refused) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = NULL;
  FAILS(safewasm_component_new_file(engine, "/there/is/no.wasm", SAFEWASM_STRLEN, &component), IO, "/there/is/no.wasm");
  FAILS(safewasm_component_new_file(engine, TINY, SAFEWASM_STRLEN, &component), INVALID_ARGUMENT,
        "`safewasm_component_new_text`");
  FAILS(safewasm_component_new_file(engine, "a\0b", 3, &component), INVALID_ARGUMENT, "NUL");
  FAILS(safewasm_component_new_text(engine, "shop.wasm", SAFEWASM_STRLEN, &component), INVALID_TEXT,
        "`safewasm_component_new_file`");
  FAILS(safewasm_component_deserialize_file(engine, "/there/is/no", SAFEWASM_STRLEN, &component), IO, "/there/is/no");
  FAILS(safewasm_component_deserialize_file(engine, TINY, SAFEWASM_STRLEN, &component), INVALID_ARGUMENT,
        "`safewasm_component_new_text`");
  CHECK(component == NULL);
  safewasm_engine_delete(engine);
}

TEST(a_module_is_no_component_and_the_reverse) {
  static const uint8_t module_bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  static const uint8_t component_bytes[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = NULL;
  safewasm_module_t *module = NULL;
  safewasm_bytes_t *bytes = NULL;
  const size_t len = sizeof module_bytes;
  FAILS(safewasm_component_new(engine, module_bytes, len, &component), INVALID_MODULE,
        "Invalid component: it is a core module, not a component; `safewasm_module_new`");
  FAILS(safewasm_component_precompile(engine, module_bytes, len, &bytes), INVALID_MODULE, "`safewasm_module_new`");
  FAILS(safewasm_component_new_text(engine, "(module)", 8, &component), INVALID_MODULE, "`safewasm_module_new`");
  FAILS(safewasm_module_new(engine, component_bytes, len, &module), INVALID_MODULE, "`safewasm_component_new`");
  FAILS(safewasm_module_validate(engine, component_bytes, len), INVALID_MODULE, "`safewasm_component_new`");
  FAILS(safewasm_module_precompile(engine, component_bytes, len, &bytes), INVALID_MODULE, "`safewasm_component_new`");
  FAILS(safewasm_module_new_text(engine, TINY, SAFEWASM_STRLEN, &module), INVALID_MODULE, "`safewasm_component_new`");
  CHECK(component == NULL && module == NULL && bytes == NULL);
  safewasm_engine_delete(engine);
}

TEST(an_artifact_of_the_other_kind_is_refused) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(engine, SIZED), *loaded = NULL;
  safewasm_module_t *module = new_module(engine, "(module)"), *none = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  uint32_t content = 0;
  safewasm_bytes_t *artifact = artifact_of(component, &data, &len);
  OK(safewasm_detect(data, len, &content));
  CHECK(content == SAFEWASM_CONTENT_COMPONENT_ARTIFACT);
  FAILS(safewasm_module_deserialize(engine, data, len, &none), INVALID_ARTIFACT, "`safewasm_component_deserialize`");
  safewasm_bytes_delete(artifact);

  OK(safewasm_module_serialize(module, &artifact));
  OK(safewasm_bytes_data(artifact, &data, &len));
  OK(safewasm_detect(data, len, &content));
  CHECK(content == SAFEWASM_CONTENT_ARTIFACT);
  FAILS(safewasm_component_deserialize(engine, data, len, &loaded), INVALID_ARTIFACT, "`safewasm_module_deserialize`");
  CHECK(none == NULL && loaded == NULL);
  safewasm_bytes_delete(artifact);

  safewasm_bytes_t *wasm = wasm_of(SIZED, &data, &len);
  OK(safewasm_detect(data, len, &content));
  CHECK(content == SAFEWASM_CONTENT_COMPONENT);
  FAILS(safewasm_component_deserialize(engine, data, len, &loaded), INVALID_ARTIFACT, "`safewasm_component_new`");
  safewasm_bytes_delete(wasm);
  safewasm_module_delete(module);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

TEST(garbage_and_bytes_that_were_cut_are_refused) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  FAILS(safewasm_component_new(engine, (const uint8_t *)"<html>", 6, &component), INVALID_MODULE, "HTML");
  FAILS(safewasm_component_new(engine, (const uint8_t *)"", 0, &component), INVALID_MODULE, "Invalid component: ");
  FAILS(safewasm_component_new_text(engine, "(component", 10, &component), INVALID_TEXT, "line 1, column");
  FAILS(safewasm_component_new_text(engine, "\xff", 1, &component), INVALID_ARGUMENT, "`text`");
  safewasm_bytes_t *bytes = wasm_of(SIZED, &data, &len);
  for (size_t cut = 1; cut < len; cut++) {
    safewasm_error_t *error = safewasm_component_new(engine, data, cut, &component);
    /* Where a section ends, what was cut is a component. */
    CHECK(error == NULL || safewasm_error_kind(error) == SAFEWASM_ERROR_INVALID_MODULE);
    CHECK((error == NULL) == (component != NULL));
    safewasm_error_delete(error);
    safewasm_component_delete(component);
    component = NULL;
  }
  uint8_t *copy = malloc(len);
  for (size_t i = 8; i < len; i++) {
    memcpy(copy, data, len);
    copy[i] ^= 0xff;
    safewasm_error_t *error = safewasm_component_new(engine, copy, len, &component);
    CHECK((error == NULL) == (component != NULL));
    safewasm_error_delete(error);
    safewasm_component_delete(component);
    component = NULL;
  }
  free(copy);
  safewasm_bytes_delete(bytes);
  safewasm_engine_delete(engine);
}

TEST(asynchronous_functions_and_types_are_unsupported) {
  static const char *const texts[] = {
      "(component (import \"f\" (func async)))",
      "(component (type (stream u8)))",
      "(component (type (future u8)))",
      "(component (core func (canon task.cancel)))",
      "(component (type error-context))",
  };
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = NULL;
  safewasm_compilation_t *compilation = NULL;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    FAILS(safewasm_component_new_text(engine, texts[i], SAFEWASM_STRLEN, &component), UNSUPPORTED, "asynchronous");
  }
  const uint8_t *data = NULL;
  size_t len = 0;
  safewasm_bytes_t *bytes = wasm_of(texts[0], &data, &len);
  OK(safewasm_compilation_new(engine, data, len, NULL, NULL, NULL, &compilation));
  FAILS(safewasm_compilation_component(compilation, &component), UNSUPPORTED, "asynchronous");
  CHECK(component == NULL);
  safewasm_compilation_delete(compilation);
  safewasm_bytes_delete(bytes);
  safewasm_engine_delete(engine);
}

static void expect_limit(const char *text, const char *message) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = NULL;
  safewasm_compilation_t *compilation = NULL;
  safewasm_bytes_t *artifact = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  safewasm_bytes_t *bytes = wasm_of(text, &data, &len);
  FAILS(safewasm_component_new(engine, data, len, &component), LIMIT, message);
  FAILS(safewasm_component_precompile(engine, data, len, &artifact), LIMIT, message);
  FAILS(safewasm_compilation_new(engine, data, len, NULL, NULL, NULL, &compilation), LIMIT, message);
  CHECK(component == NULL && artifact == NULL && compilation == NULL);
  safewasm_bytes_delete(bytes);
  safewasm_engine_delete(engine);
}

TEST(components_that_are_nested_too_deep_are_refused) {
  static const uint8_t header[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = NULL;
  bytes_t bytes = {NULL, 0, 0};
  put_bytes(&bytes, header, sizeof header);
  for (int depth = 2; depth <= 101; depth++) {
    bytes_t outer = {NULL, 0, 0};
    put_bytes(&outer, header, sizeof header);
    PUT(&outer, 4);
    put_leb(&outer, bytes.len);
    put_bytes(&outer, bytes.data, bytes.len);
    free(bytes.data);
    bytes = outer;
    safewasm_error_t *error = safewasm_component_new(engine, bytes.data, bytes.len, &component);
    if (depth == 101) check_fails(error, SAFEWASM_ERROR_LIMIT, "nests components more than 100 deep", __FILE__, __LINE__, "nested");
    else check_ok(error, __FILE__, __LINE__, "nested");
    CHECK((component != NULL) == (depth <= 100));
    safewasm_component_delete(component);
  }
  free(bytes.data);
  safewasm_engine_delete(engine);
}

TEST(a_component_that_makes_too_many_instances_is_refused) {
  text_t text = {NULL, 0, 0};
  const size_t levels = 30;
  put_many(&text, "(component $c ", levels);
  put(&text, "(component $c)");
  put_many(&text, "(instance (instantiate $c)) (instance (instantiate $c)))", levels);
  expect_limit(text.data, "makes more than 10000 instances");
  free(text.data);
}

/* Each instance repeats all that is in its component. */
TEST(a_component_that_repeats_a_large_component_is_refused) {
  text_t text = {NULL, 0, 0};
  put(&text, "(component (component $large");
  put_many(&text, "(type (list u8))", 3000);
  put(&text, ")");
  put_many(&text, "(instance (instantiate $large))", 400);
  put(&text, ")");
  expect_limit(text.data, "has more than 1000000 items, with those of each instance");
  free(text.data);
}

TEST(the_limits_of_a_config_hold_for_components) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  safewasm_component_t *component = NULL;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_max_module_size(config, 100));
  OK(safewasm_engine_new(config, &engine));
  FAILS(safewasm_component_new_text(engine, SIZED, SAFEWASM_STRLEN, &component), LIMIT,
        "`safewasm_config_set_max_module_size`");
  safewasm_component_delete(new_component(engine, TINY));
  safewasm_engine_delete(engine);
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_max_module_functions(config, 1));
  OK(safewasm_engine_new(config, &engine));
  FAILS(safewasm_component_new_text(engine, "(component (core module (func) (func)))", SAFEWASM_STRLEN, &component), LIMIT,
        "`safewasm_config_set_max_module_functions`");
  FAILS(safewasm_component_new_text(engine, "(component (core module (func)) (core module (func)))", SAFEWASM_STRLEN,
                                    &component), LIMIT, "2 functions");
  safewasm_component_delete(new_component(engine, SIZED));
  safewasm_engine_delete(engine);
}

static bool ends_with_an_ellipsis(safewasm_text_t text) {
  static const char ELLIPSIS[] = "\xe2\x80\xa6";
  return text.len > 3 && strcmp(text.data + text.len - 3, ELLIPSIS) == 0;
}

TEST(a_component_is_described_in_wit) {
  static const char *text =
      "(component"
      "  (import \"a:b/log@1.0.0\" (instance (export \"say\" (func (param \"text\" string)))))"
      "  (import \"next\" (func (result u32)))"
      "  (core module $m (func (export \"f\") (result i32) (i32.const 1)))"
      "  (core instance $i (instantiate $m))"
      "  (func (export \"run\") (result u32) (canon lift (core func $i \"f\"))))";
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(engine, text);
  safewasm_text_t wit = {NULL, 0}, again = {NULL, 0};
  OK(safewasm_component_wit(component, &wit));
  static const char *const parts[] = {"import a:b/log@1.0.0;", "import next: func() -> u32;", "export run: func() -> u32;",
                                      "package a:b@1.0.0", "say: func(text: string);"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) CHECK(strstr(wit.data, parts[i]) != NULL);
  CHECK(strlen(wit.data) == wit.len);
  OK(safewasm_component_wit(component, &again));
  CHECK(again.data == wit.data && again.len == wit.len);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

TEST(what_wit_cant_express_is_listed) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(
      engine, "(component (import \"m\" (core module)) (import \"i\" (instance (export \"c\" (component)))))");
  safewasm_text_t wit = {NULL, 0};
  OK(safewasm_component_wit(component, &wit));
  CHECK(strstr(wit.data, "import m: core module") != NULL && strstr(wit.data, "    c: component") != NULL);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

/* Puts a record of 1,000 fields with names of more than 100 bytes. */
static void put_long(text_t *text) {
  char field[200], filler[101];
  memset(filler, 'x', 100);
  filler[100] = 0;
  put(text, "(record");
  for (int i = 0; i < 1000; i++) {
    snprintf(field, sizeof field, "(field \"f%d-%s\" u8)", i, filler);
    put(text, field);
  }
  put(text, ")");
}

TEST(a_text_of_more_than_a_megabyte_is_cut) {
  safewasm_engine_t *engine = new_engine();
  text_t text = {NULL, 0, 0};
  put(&text, "(component (type $r ");
  put_long(&text);
  put(&text, ") (import \"r\" (type $i (eq $r))) (import \"f\" (func (param \"t\" (tuple");
  put_many(&text, " $i", 30);
  put(&text, ")))) (import \"m\" (core module)) (import \"i\" (instance (export \"c\" (component)))))");
  safewasm_component_t *component = new_component(engine, text.data);
  safewasm_wittype_t *type = import_at(component, 0, "f");
  const safewasm_text_t cut = text_of(type);
  CHECK(cut.len > (1 << 20) - 1000 && cut.len <= (1 << 20) + 3 && ends_with_an_ellipsis(cut));
  safewasm_wittype_delete(type);
  /* A listing, and below a world in WIT. */
  safewasm_text_t wit = {NULL, 0};
  OK(safewasm_component_wit(component, &wit));
  CHECK(wit.len > (1 << 20) - 1000 && wit.len <= (1 << 20) && ends_with_an_ellipsis(wit));
  safewasm_component_delete(component);
  free(text.data);

  text = (text_t){NULL, 0, 0};
  put(&text, "(component");
  for (int i = 0; i < 12; i++) {
    char line[100];
    put(&text, "(type ");
    put_long(&text);
    snprintf(line, sizeof line, ") (import \"r%d\" (type (eq %d)))", i, 2 * i);
    put(&text, line);
  }
  put(&text, ")");
  component = new_component(engine, text.data);
  OK(safewasm_component_wit(component, &wit));
  CHECK(wit.len > (1 << 20) - 1000 && wit.len <= (1 << 20) && ends_with_an_ellipsis(wit));
  safewasm_component_delete(component);
  free(text.data);
  safewasm_engine_delete(engine);
}

/* A node without a name, in one line: its kind, the number of its children, and its size. */
static void check_node(const safewasm_witnode_t *node, uint8_t kind, size_t len, size_t size, const char *name) {
  CHECK(node->kind == kind && node->len == len && node->size == size);
  CHECK(name == NULL ? node->name.data == NULL && node->name.len == 0 : is(node->name, name));
  if (failed_here) printf("kind %d, %zu children, size %zu, %s\n", node->kind, node->len, node->size, node->name.data);
}

static const safewasm_witnode_t *nodes_of(safewasm_wittype_t *type, size_t wanted) {
  const safewasm_witnode_t *nodes = NULL;
  size_t len = 0;
  OK(safewasm_wittype_nodes(type, &nodes, &len));
  CHECK(len == wanted);
  CHECK(nodes != NULL && nodes->size == len);
  return nodes;
}

/* Checks the only parameter of a function, whose result is none. */
static const safewasm_witnode_t *param_of(safewasm_wittype_t *type, size_t nodes_len) {
  const safewasm_witnode_t *nodes = nodes_of(type, nodes_len + 2);
  check_node(nodes, SAFEWASM_WIT_FUNC, 2, nodes_len + 2, NULL);
  check_node(nodes + 1 + nodes_len, SAFEWASM_WIT_NONE, 0, 1, NULL);
  CHECK(is(nodes[1].name, "p"));
  return nodes + 1;
}

TEST(each_type_without_parts_has_a_kind) {
  static const struct {
    const char *name;
    uint8_t kind;
  } types[] = {
      {"bool", SAFEWASM_WIT_BOOL}, {"s8", SAFEWASM_WIT_S8},   {"u8", SAFEWASM_WIT_U8},     {"s16", SAFEWASM_WIT_S16},
      {"u16", SAFEWASM_WIT_U16},   {"s32", SAFEWASM_WIT_S32}, {"u32", SAFEWASM_WIT_U32},   {"s64", SAFEWASM_WIT_S64},
      {"u64", SAFEWASM_WIT_U64},   {"f32", SAFEWASM_WIT_F32}, {"f64", SAFEWASM_WIT_F64},   {"char", SAFEWASM_WIT_CHAR},
      {"string", SAFEWASM_WIT_STRING},
  };
  safewasm_engine_t *engine = new_engine();
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    char text[200], wanted[100];
    snprintf(text, sizeof text, "(component (import \"f\" (func (param \"p\" %s) (result (list %s)))))", types[i].name,
             types[i].name);
    snprintf(wanted, sizeof wanted, "func(p: %s) -> list<%s>", types[i].name, types[i].name);
    safewasm_component_t *component = new_component(engine, text);
    safewasm_wittype_t *type = import_at(component, 0, "f");
    expect_text(type, wanted);
    const safewasm_witnode_t *nodes = nodes_of(type, 4);
    check_node(nodes, SAFEWASM_WIT_FUNC, 2, 4, NULL);
    check_node(nodes + 1, types[i].kind, 0, 1, "p");
    check_node(nodes + 2, SAFEWASM_WIT_LIST, 1, 2, NULL);
    check_node(nodes + 3, types[i].kind, 0, 1, NULL);
    safewasm_wittype_delete(type);
    safewasm_component_delete(component);
  }
  safewasm_engine_delete(engine);
}

/* A component that imports a function `f` with a parameter of a type. */
static safewasm_wittype_t *func_of(safewasm_engine_t *engine, const char *type) {
  char text[1000];
  snprintf(text, sizeof text, "(component (type $t %s) (import \"t\" (type $i (eq $t))) (import \"f\" (func (param \"p\" $i))))",
           type);
  safewasm_component_t *component = new_component(engine, text);
  safewasm_wittype_t *func = import_at(component, 0, "f");
  safewasm_component_delete(component);
  return func;
}

TEST(each_type_with_parts_has_nodes_for_them) {
  safewasm_engine_t *engine = new_engine();
  safewasm_wittype_t *type = func_of(engine, "(record (field \"x\" u8) (field \"y-z\" (list string)))");
  const safewasm_witnode_t *node = param_of(type, 4);
  check_node(node, SAFEWASM_WIT_RECORD, 2, 4, "p");
  check_node(node + 1, SAFEWASM_WIT_U8, 0, 1, "x");
  check_node(node + 2, SAFEWASM_WIT_LIST, 1, 2, "y-z");
  check_node(node + 3, SAFEWASM_WIT_STRING, 0, 1, NULL);
  expect_text(type, "func(p: record { x: u8, y-z: list<string> })");
  safewasm_wittype_delete(type);

  type = func_of(engine, "(tuple u8 (tuple char bool) s64)");
  node = param_of(type, 6);
  check_node(node, SAFEWASM_WIT_TUPLE, 3, 6, "p");
  check_node(node + 2, SAFEWASM_WIT_TUPLE, 2, 3, NULL);
  check_node(node + 5, SAFEWASM_WIT_S64, 0, 1, NULL);
  expect_text(type, "func(p: tuple<u8, tuple<char, bool>, s64>)");
  safewasm_wittype_delete(type);

  type = func_of(engine, "(variant (case \"none\") (case \"one\" f32) (case \"many\" (list f32)))");
  node = param_of(type, 5);
  check_node(node, SAFEWASM_WIT_VARIANT, 3, 5, "p");
  check_node(node + 1, SAFEWASM_WIT_NONE, 0, 1, "none");
  check_node(node + 2, SAFEWASM_WIT_F32, 0, 1, "one");
  check_node(node + 3, SAFEWASM_WIT_LIST, 1, 2, "many");
  expect_text(type, "func(p: variant { none, one(f32), many(list<f32>) })");
  safewasm_wittype_delete(type);

  type = func_of(engine, "(enum \"red\" \"green\")");
  node = param_of(type, 3);
  check_node(node, SAFEWASM_WIT_ENUM, 2, 3, "p");
  check_node(node + 2, SAFEWASM_WIT_NONE, 0, 1, "green");
  expect_text(type, "func(p: enum { red, green })");
  safewasm_wittype_delete(type);

  type = func_of(engine, "(flags \"read\" \"write\")");
  node = param_of(type, 3);
  check_node(node, SAFEWASM_WIT_FLAGS, 2, 3, "p");
  check_node(node + 1, SAFEWASM_WIT_NONE, 0, 1, "read");
  expect_text(type, "func(p: flags { read, write })");
  safewasm_wittype_delete(type);

  type = func_of(engine, "(option (option u8))");
  node = param_of(type, 3);
  check_node(node, SAFEWASM_WIT_OPTION, 1, 3, "p");
  check_node(node + 1, SAFEWASM_WIT_OPTION, 1, 2, NULL);
  check_node(node + 2, SAFEWASM_WIT_U8, 0, 1, NULL);
  expect_text(type, "func(p: option<option<u8>>)");
  safewasm_wittype_delete(type);
  safewasm_engine_delete(engine);
}

TEST(a_result_has_two_parts_that_may_be_missing) {
  static const struct {
    const char *type, *text;
    uint8_t ok, error;
  } results[] = {
      {"(result)", "func(p: result)", SAFEWASM_WIT_NONE, SAFEWASM_WIT_NONE},
      {"(result u8)", "func(p: result<u8>)", SAFEWASM_WIT_U8, SAFEWASM_WIT_NONE},
      {"(result (error string))", "func(p: result<_, string>)", SAFEWASM_WIT_NONE, SAFEWASM_WIT_STRING},
      {"(result u8 (error string))", "func(p: result<u8, string>)", SAFEWASM_WIT_U8, SAFEWASM_WIT_STRING},
  };
  safewasm_engine_t *engine = new_engine();
  for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
    safewasm_wittype_t *type = func_of(engine, results[i].type);
    const safewasm_witnode_t *node = param_of(type, 3);
    check_node(node, SAFEWASM_WIT_RESULT, 2, 3, "p");
    check_node(node + 1, results[i].ok, 0, 1, NULL);
    check_node(node + 2, results[i].error, 0, 1, NULL);
    expect_text(type, results[i].text);
    safewasm_wittype_delete(type);
  }
  safewasm_engine_delete(engine);
}

static const char *RESOURCES =
    "(component"
    "  (import \"a:b/files\" (instance $files"
    "    (export \"file\" (type $file (sub resource)))"
    "    (export \"open\" (func (param \"name\" string) (result (own $file))))"
    "    (export \"[constructor]file\" (func (result (own $file))))"
    "    (export \"[method]file.size\" (func (param \"self\" (borrow $file)) (result u64)))"
    "    (export \"[static]file.count\" (func (result u32)))"
    "    (type $mode u8) (export \"mode\" (type (eq $mode)))))"
    "  (alias export $files \"file\" (type $file))"
    "  (import \"other\" (type $other (sub resource)))"
    "  (import \"take\" (func (param \"a\" (own $file)) (param \"b\" (borrow $other)))))";

static void check_item(safewasm_wittype_t *interface, size_t index, const char *name, const char *text) {
  safewasm_text_t found = {NULL, 0};
  safewasm_wittype_t *type = NULL;
  OK(safewasm_wittype_item(interface, index, &found, &type));
  CHECK(is(found, name));
  expect_text(type, text);
  safewasm_wittype_delete(type);
}

TEST(an_interface_has_items) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(engine, RESOURCES);
  safewasm_wittype_t *interface = import_at(component, 0, "a:b/files"), *none = NULL;
  safewasm_component_delete(component);
  safewasm_text_t name = {NULL, 0};
  size_t len = 0;
  OK(safewasm_wittype_items_len(interface, &len));
  CHECK(len == 6);
  check_node(nodes_of(interface, 1), SAFEWASM_WIT_INTERFACE, 6, 1, NULL);
  check_item(interface, 0, "file", "resource file");
  check_item(interface, 1, "open", "func(name: string) -> file");
  check_item(interface, 2, "[constructor]file", "func() -> file");
  check_item(interface, 3, "[method]file.size", "func(self: borrow<file>) -> u64");
  check_item(interface, 4, "[static]file.count", "func() -> u32");
  check_item(interface, 5, "mode", "u8");
  FAILS(safewasm_wittype_item(interface, 6, &name, &none), NOT_FOUND, "`index` is 6, but the type has 6 items");
  FAILS(safewasm_wittype_item(interface, SIZE_MAX, &name, &none), NOT_FOUND, "`index`");
  CHECK(none == NULL && name.data == NULL && name.len == 0);
  expect_text(interface,
              "interface {\n"
              "  resource file;\n"
              "  open: func(name: string) -> file;\n"
              "  [constructor]file: func() -> file;\n"
              "  [method]file.size: func(self: borrow<file>) -> u64;\n"
              "  [static]file.count: func() -> u32;\n"
              "  type mode = u8;\n"
              "}");
  safewasm_wittype_delete(interface);
  safewasm_engine_delete(engine);
}

TEST(resources_are_told_apart_by_number) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(engine, RESOURCES);
  safewasm_wittype_t *other = import_at(component, 1, "other"), *take = import_at(component, 2, "take");
  const safewasm_witnode_t *node = nodes_of(other, 1);
  check_node(node, SAFEWASM_WIT_RESOURCE, 0, 1, NULL);
  CHECK(node->index == 1 && is(node->resource, "other"));
  node = nodes_of(take, 4);
  check_node(node + 1, SAFEWASM_WIT_OWN, 0, 1, "a");
  CHECK(node[1].index == 0 && is(node[1].resource, "file"));
  check_node(node + 2, SAFEWASM_WIT_BORROW, 0, 1, "b");
  CHECK(node[2].index == 1 && is(node[2].resource, "other"));
  CHECK(node[0].resource.data == NULL && node[3].resource.data == NULL);
  expect_text(take, "func(a: file, b: borrow<other>)");
  safewasm_wittype_delete(other);
  safewasm_wittype_delete(take);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

TEST(the_first_thousand_resource_types_have_a_number) {
  enum { RESOURCE_TYPES = 1002 };
  safewasm_engine_t *engine = new_engine();
  text_t text = {NULL, 0, 0};
  char line[100];
  put(&text, "(component");
  for (int i = 0; i < RESOURCE_TYPES; i++) {
    snprintf(line, sizeof line, "(import \"r%d\" (type (sub resource)))", i);
    put(&text, line);
  }
  put(&text, ")");
  safewasm_component_t *component = new_component(engine, text.data);
  for (size_t i = 990; i < RESOURCE_TYPES; i++) {
    snprintf(line, sizeof line, "r%zu", i);
    safewasm_wittype_t *type = import_at(component, i, line);
    const safewasm_witnode_t *node = nodes_of(type, 1);
    check_node(node, SAFEWASM_WIT_RESOURCE, 0, 1, NULL);
    CHECK(node->index == (i < 1000 ? i : UINT32_MAX));
    CHECK(i < 1000 ? is(node->resource, line) : node->resource.data == NULL);
    snprintf(line, sizeof line, "resource r%zu", i);
    expect_text(type, i < 1000 ? line : "resource");
    safewasm_wittype_delete(type);
  }
  safewasm_component_delete(component);
  free(text.data);
  safewasm_engine_delete(engine);
}

TEST(modules_and_components_are_types) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(
      engine,
      "(component (core module $m (func (export \"f\"))) (export \"m\" (core module $m))"
      "  (import \"i\" (instance (export \"c\" (component (import \"f\" (func)) (export \"g\" (func)))))))");
  safewasm_wittype_t *module = export_at(component, 0, "m"), *interface = import_at(component, 0, "i"), *inner = NULL;
  safewasm_text_t name;
  OK(safewasm_wittype_item(interface, 0, &name, &inner));
  safewasm_wittype_delete(interface);
  size_t len = 9;
  CHECK(nodes_of(module, 1)->kind == SAFEWASM_WIT_MODULE);
  OK(safewasm_wittype_items_len(module, &len));
  CHECK(len == 0);
  expect_text(module, "core module");
  CHECK(nodes_of(inner, 1)->kind == SAFEWASM_WIT_COMPONENT);
  OK(safewasm_wittype_items_len(inner, &len));
  CHECK(len == 1 && nodes_of(inner, 1)->len == 1);
  check_item(inner, 0, "g", "func()");
  safewasm_wittype_delete(module);
  safewasm_wittype_delete(inner);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

TEST(an_index_out_of_range_is_not_found) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(engine, TINY);
  safewasm_text_t name = {NULL, 1};
  safewasm_wittype_t *type = NULL;
  FAILS(safewasm_component_import(component, 1, &name, &type), NOT_FOUND, "`index` is 1, but the component has 1 import");
  FAILS(safewasm_component_export(component, 0, &name, &type), NOT_FOUND, "`index` is 0, but the component has 0 exports");
  FAILS(safewasm_component_export(component, SIZE_MAX, &name, &type), NOT_FOUND, "`index`");
  CHECK(type == NULL && name.data == NULL && name.len == 0);
  type = import_at(component, 0, "f");
  safewasm_wittype_t *none = NULL;
  FAILS(safewasm_wittype_item(type, 0, &name, &none), NOT_FOUND, "`index`");
  CHECK(none == NULL);
  safewasm_wittype_delete(type);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

TEST(an_artifact_gives_the_component_back) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(engine, SIZED), *loaded = NULL;
  const uint8_t *data = NULL, *wasm = NULL, *own = NULL, *compiled = NULL;
  size_t len = 0, wasm_len = 0, own_len = 0, compiled_len = 0;
  safewasm_bytes_t *artifact = artifact_of(component, &data, &len), *precompiled = NULL;
  safewasm_component_delete(component);
  OK(safewasm_component_deserialize(engine, data, len, &loaded));
  check_sized(loaded);
  safewasm_bytes_t *bytes = wasm_of(SIZED, &wasm, &wasm_len);
  OK(safewasm_component_wasm(loaded, &own, &own_len));
  CHECK(own_len == wasm_len && memcmp(own, wasm, wasm_len) == 0);
  OK(safewasm_artifact_wasm(data, len, &own, &own_len));
  CHECK(own_len == wasm_len && memcmp(own, wasm, wasm_len) == 0);
  safewasm_component_delete(loaded);

  new_file(data, len);
  OK(safewasm_component_deserialize_file(engine, path, SAFEWASM_STRLEN, &loaded));
  CHECK(unlink(path) == 0);
  check_sized(loaded);
  safewasm_bytes_delete(artifact);
  artifact = artifact_of(loaded, &data, &len);
  safewasm_component_delete(loaded);
  OK(safewasm_component_deserialize(engine, data, len, &loaded));
  check_sized(loaded);
  safewasm_component_delete(loaded);

  OK(safewasm_component_precompile(engine, wasm, wasm_len, &precompiled));
  OK(safewasm_bytes_data(precompiled, &compiled, &compiled_len));
  OK(safewasm_component_deserialize(engine, compiled, compiled_len, &loaded));
  check_sized(loaded);
  safewasm_component_delete(loaded);
  safewasm_bytes_delete(precompiled);
  safewasm_bytes_delete(artifact);
  safewasm_bytes_delete(bytes);
  safewasm_engine_delete(engine);
}

TEST(an_artifact_that_was_changed_or_cut_is_refused) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(engine, SIZED), *loaded = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  safewasm_bytes_t *artifact = artifact_of(component, &data, &len);
  uint8_t *copy = malloc(len);
  memcpy(copy, data, len);
  const size_t step = len / 50;
  for (size_t i = 0; i < len; i += step) {
    copy[i] ^= 1;
    FAILS(safewasm_component_deserialize(engine, copy, len, &loaded), INVALID_ARTIFACT, "");
    copy[i] ^= 1;
    FAILS(safewasm_component_deserialize(engine, copy, i, &loaded), INVALID_ARTIFACT, "");
  }
  CHECK(loaded == NULL);
  OK(safewasm_component_deserialize(engine, copy, len, &loaded));
  safewasm_component_delete(loaded);
  safewasm_engine_t *other = NULL;
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_consume_fuel(config, true));
  OK(safewasm_engine_new(config, &other));
  FAILS(safewasm_component_deserialize(other, copy, len, &loaded), INCOMPATIBLE, "");
  safewasm_engine_delete(other);
  free(copy);
  safewasm_bytes_delete(artifact);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

TEST(a_component_is_compiled_once_for_all_engines_with_a_cache) {
  new_folder();
  for (uint64_t hits = 0; hits < 2; hits++) {
    safewasm_engine_t *engine = cached_engine(SIZE);
    safewasm_component_t *component = new_component(engine, SIZED);
    check_counts(engine, hits, 1 - hits, 0);
    check_sized(component);
    safewasm_component_delete(component);
    safewasm_engine_delete(engine);
    CHECK(files(".artifact", NULL) == 1);
  }
  delete_folder();
}

TEST(a_compilation_gives_what_its_bytes_are) {
  safewasm_engine_t *engine = new_engine();
  safewasm_compilation_t *compilation = NULL;
  safewasm_component_t *first = NULL, *second = NULL;
  safewasm_module_t *module = NULL;
  const uint8_t *data = NULL;
  size_t len = 0, done = 0, total = 0;
  safewasm_bytes_t *bytes = wasm_of(SIZED, &data, &len);
  OK(safewasm_compilation_new(engine, data, len, NULL, NULL, NULL, &compilation));
  safewasm_bytes_delete(bytes);
  OK(safewasm_compilation_component(compilation, &first));
  OK(safewasm_compilation_component(compilation, &second));
  CHECK(first != second);
  FAILS(safewasm_compilation_module(compilation, &module), INVALID_ARGUMENT, "`safewasm_compilation_component`");
  OK(safewasm_compilation_progress(compilation, &done, &total));
  CHECK(done == 1 && total == 1);
  safewasm_compilation_delete(compilation);
  safewasm_component_delete(first);
  check_sized(second);
  safewasm_component_delete(second);

  bytes = wasm_of("(module)", &data, &len);
  OK(safewasm_compilation_new(engine, data, len, NULL, NULL, NULL, &compilation));
  FAILS(safewasm_compilation_component(compilation, &first), INVALID_ARGUMENT, "`safewasm_compilation_module`");
  CHECK(first == NULL && module == NULL);
  OK(safewasm_compilation_module(compilation, &module));
  safewasm_module_delete(module);
  safewasm_compilation_delete(compilation);
  safewasm_bytes_delete(bytes);
  FAILS(safewasm_compilation_new(engine, (const uint8_t *)"<html>", 6, NULL, NULL, NULL, &compilation), INVALID_MODULE,
        "HTML");
  safewasm_engine_delete(engine);
}

/* The last numbers that were told. */
typedef struct {
  size_t calls, done, total;
  bool gives_up;
} told_t;

static safewasm_error_t *progress(void *env, size_t done, size_t total) {
  told_t *told = env;
  safewasm_error_t *error = NULL;
  told->calls++;
  told->done = done;
  told->total = total;
  if (told->gives_up) OK(safewasm_error_new("enough", SAFEWASM_STRLEN, NULL, NULL, NULL, &error));
  return error;
}

TEST(progress_is_told_and_may_give_up) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  told_t told = {0, 0, 0, false};
  safewasm_bytes_t *bytes = wasm_of(SIZED, &data, &len);
  OK(safewasm_component_new_with_progress(engine, data, len, progress, &told, &component));
  CHECK(told.calls >= 1 && told.done == 1 && told.total == 1);
  check_sized(component);
  safewasm_component_delete(component);
  told.gives_up = true;
  FAILS(safewasm_component_new_with_progress(engine, data, len, progress, &told, &component), HOST, "enough");
  CHECK(component == NULL);
  safewasm_bytes_delete(bytes);
  safewasm_engine_delete(engine);
}

TEST(a_clone_keeps_the_texts_and_types_outlive_the_component) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(engine, TINY), *clone = NULL;
  safewasm_text_t name, wit;
  safewasm_wittype_t *type = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  OK(safewasm_component_import(component, 0, &name, &type));
  OK(safewasm_component_wit(component, &wit));
  OK(safewasm_component_wasm(component, &data, &len));
  OK(safewasm_component_clone(component, &clone));
  CHECK(clone != component);
  safewasm_component_delete(component);
  CHECK(!safewasm_component_is_valid(component) && safewasm_component_is_valid(clone));
  CHECK(is(name, "f") && strstr(wit.data, "import f: func();") != NULL && memcmp(data, "\0asm", 4) == 0);
  safewasm_component_delete(clone);
  safewasm_engine_delete(engine);
  CHECK(safewasm_wittype_is_valid(type));
  expect_text(type, "func()");
  safewasm_wittype_delete(type);
  CHECK(!safewasm_wittype_is_valid(type));
  safewasm_component_delete(component);
  safewasm_wittype_delete(type);
}

static void *read_all(void *shared) {
  safewasm_component_t *component = shared;
  safewasm_text_t wit = {NULL, 0};
  const uint8_t *data = NULL;
  size_t len = 0;
  for (int i = 0; i < 20; i++) {
    safewasm_wittype_t *interface = import_at(component, 0, "a:b/files"), *take = import_at(component, 2, "take");
    OK(safewasm_component_wit(component, &wit));
    CHECK(strstr(wit.data, "resource other;") != NULL);
    CHECK(nodes_of(take, 4)[1].index == 0);
    check_item(interface, 1, "open", "func(name: string) -> file");
    safewasm_bytes_t *artifact = artifact_of(component, &data, &len);
    safewasm_bytes_delete(artifact);
    safewasm_wittype_delete(interface);
    safewasm_wittype_delete(take);
  }
  return NULL;
}

TEST(many_threads_read_one_component) {
  enum { THREADS = 8 };
  safewasm_engine_t *engine = new_engine();
  for (int round = 0; round < 5; round++) {
    safewasm_component_t *component = new_component(engine, RESOURCES);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, read_all, component);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    safewasm_component_delete(component);
  }
  safewasm_engine_delete(engine);
}

static void *read_one_type(void *shared) {
  safewasm_wittype_t *type = shared;
  expect_text(type, "func(a: file, b: borrow<other>)");
  CHECK(nodes_of(type, 4)[2].index == 1);
  return NULL;
}

TEST(many_threads_read_one_type) {
  enum { THREADS = 8 };
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(engine, RESOURCES);
  for (int round = 0; round < 20; round++) {
    safewasm_wittype_t *type = import_at(component, 2, "take");
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, read_one_type, type);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    safewasm_wittype_delete(type);
  }
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

TEST(a_forked_child_reads_and_compiles) {
  safewasm_engine_t *engine = new_engine();
  safewasm_component_t *component = new_component(engine, RESOURCES);
  pthread_t thread;
  pthread_create(&thread, NULL, read_all, component);
  for (int i = 0; i < 5; i++) {
    const pid_t child = fork();
    if (child == 0) {
      failed_here = 0;
      alarm(SECONDS_FOR_A_TEST);
      read_all(component);
      safewasm_component_delete(component);
      component = new_component(engine, SIZED);
      check_sized(component);
      safewasm_component_delete(component);
      _exit(failed_here);
    }
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  pthread_join(thread, NULL);
  safewasm_component_delete(component);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(a_component_comes_from_text_bytes_and_files);
  RUN(a_file_that_is_none_is_refused);
  RUN(a_module_is_no_component_and_the_reverse);
  RUN(an_artifact_of_the_other_kind_is_refused);
  RUN(garbage_and_bytes_that_were_cut_are_refused);
  RUN(asynchronous_functions_and_types_are_unsupported);
  RUN(components_that_are_nested_too_deep_are_refused);
  RUN(a_component_that_makes_too_many_instances_is_refused);
  RUN(a_component_that_repeats_a_large_component_is_refused);
  RUN(the_limits_of_a_config_hold_for_components);
  RUN(a_component_is_described_in_wit);
  RUN(what_wit_cant_express_is_listed);
  RUN(a_text_of_more_than_a_megabyte_is_cut);
  RUN(each_type_without_parts_has_a_kind);
  RUN(each_type_with_parts_has_nodes_for_them);
  RUN(a_result_has_two_parts_that_may_be_missing);
  RUN(an_interface_has_items);
  RUN(resources_are_told_apart_by_number);
  RUN(the_first_thousand_resource_types_have_a_number);
  RUN(modules_and_components_are_types);
  RUN(an_index_out_of_range_is_not_found);
  RUN(an_artifact_gives_the_component_back);
  RUN(an_artifact_that_was_changed_or_cut_is_refused);
  RUN(a_component_is_compiled_once_for_all_engines_with_a_cache);
  RUN(a_compilation_gives_what_its_bytes_are);
  RUN(progress_is_told_and_may_give_up);
  RUN(a_clone_keeps_the_texts_and_types_outlive_the_component);
  RUN(many_threads_read_one_component);
  RUN(many_threads_read_one_type);
  RUN_NATIVELY(a_forked_child_reads_and_compiles);
  return finish("component");
}
