/*
 * Structures and arrays of wasm that the program makes, reads and changes. The types come from the module's function and
 * from text.
 *
 *   cc -Iinclude examples/structures.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o structures
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A shape has a name, in bytes, and the next shape of a list. */
static const char MODULE[] =
    "(module"
    "  (type $name (array (mut i8)))"
    "  (type $shape (struct (field (ref $name)) (field (mut i32)) (field (ref null $shape))))"
    "  (func (export \"total\") (param $of (ref null $shape)) (result i32)"
    "    (local $sum i32)"
    "    (block $end"
    "      (loop $next"
    "        (br_if $end (ref.is_null (local.get $of)))"
    "        (local.set $sum (i32.add (local.get $sum) (struct.get $shape 1 (local.get $of))))"
    "        (local.set $of (struct.get $shape 2 (local.get $of)))"
    "        (br $next)))"
    "    (local.get $sum)))";

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  exit(1);
}

static safewasm_val_t reference(safewasm_ref_t *of) {
  return (safewasm_val_t){.kind = SAFEWASM_VAL_REF, .of = {.reference = of}};
}

int main(void) {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_func_t *total;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_text(engine, MODULE, strlen(MODULE), &module));
  check(safewasm_instance_new(store, module, NULL, 0, &instance));
  check(safewasm_instance_func(instance, "total", SAFEWASM_STRLEN, &total));

  /* The type of shapes is that of the function's parameter. The type of names is written as in the module. */
  safewasm_functype_t *type;
  safewasm_heaptype_t *shape_type, *name_type;
  check(safewasm_func_type(total, &type));
  check(safewasm_heaptype_of_param(type, 0, &shape_type));
  check(safewasm_heaptype_new_text(engine, "(array (mut i8))", SAFEWASM_STRLEN, &name_type));

  safewasm_val_t letters[] = {
      {.kind = SAFEWASM_VAL_I32, .of = {.i32 = 'b'}},
      {.kind = SAFEWASM_VAL_I32, .of = {.i32 = 'o'}},
      {.kind = SAFEWASM_VAL_I32, .of = {.i32 = 'x'}},
  };
  safewasm_ref_t *name, *box, *second;
  check(safewasm_ref_new_array(store, name_type, letters, 3, &name));

  safewasm_val_t fields[] = {
      reference(name), {.kind = SAFEWASM_VAL_I32, .of = {.i32 = 30}}, reference(NULL)};
  check(safewasm_ref_new_struct(store, shape_type, fields, 3, &box));
  fields[1].of.i32 = 12;
  fields[2].of.reference = box;
  check(safewasm_ref_new_struct(store, shape_type, fields, 3, &second));

  const safewasm_val_t list = reference(second);
  safewasm_val_t sum, letter;
  check(safewasm_func_call(total, &list, 1, &sum, 1));
  printf("the shapes have %d together\n", (int)sum.of.i32);

  letters[0].of.i32 = 'f';
  check(safewasm_ref_set_field(name, 0, &letters[0]));
  check(safewasm_ref_field(name, 0, &letter));
  printf("the name begins with %c\n", (char)letter.of.i32);

  safewasm_ref_delete(second);
  safewasm_ref_delete(box);
  safewasm_ref_delete(name);
  safewasm_heaptype_delete(name_type);
  safewasm_heaptype_delete(shape_type);
  safewasm_functype_delete(type);
  safewasm_func_delete(total);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  return sum.of.i32 == 42 && letter.of.i32 == 'f' ? 0 : 1;
}
