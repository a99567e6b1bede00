/*
 * One function, called for each row of some columns: the price of each item, with tax.
 *
 *   cc -Iinclude examples/bulk.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o bulk
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  exit(1);
}

struct item {
  int32_t count;
  double price;
};

int main(void) {
  const char *text =
      "(module (func (export \"total\") (param i32 f64 f64) (result f64)"
      "  (f64.mul (f64.convert_i32_s (local.get 0)) (f64.mul (local.get 1) (local.get 2)))))";
  struct item items[] = {{1, 10.0}, {3, 2.5}, {10, 0.5}};
  enum { COUNT = sizeof items / sizeof items[0] };
  double tax = 1.2, totals[COUNT];

  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_extern_t total;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_module_new_text(engine, text, strlen(text), &module));
  check(safewasm_instance_new(store, module, NULL, 0, &instance));
  check(safewasm_instance_export(instance, "total", 5, &total));

  /* The first two parameters are members of the structs; all calls have the same third one. */
  const safewasm_column_t args[] = {
      {&items[0].count, sizeof(struct item)},
      {&items[0].price, sizeof(struct item)},
      {&tax, 0},
  };
  const safewasm_column_t results[] = {{totals, sizeof(double)}};
  check(safewasm_func_call_bulk(total.of.func, COUNT, args, 3, results, 1));
  for (int i = 0; i < COUNT; i++) {
    printf("%d at %.2f: %.2f\n", (int)items[i].count, items[i].price, totals[i]);
  }

  safewasm_extern_delete(&total);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  return totals[1] > 8.99 && totals[1] < 9.01 ? 0 : 1;
}
