/*
 * The tenants of the server: programs for WASI that nobody trusts. Each request runs in a new store with a new
 * instance, so nothing of it is left for the next one.
 */
#ifndef TENANTS_H
#define TENANTS_H

#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define Z SAFEWASM_STRLEN /* The length of a text that ends with a NUL. */
#define MILLISECONDS * UINT64_C(1000000)

/* How many requests are in work at most, and the bytes of memory and of output that each may have. */
enum { WORKING = 8, MEMORY = 1 << 20, OUTPUT = 4096 };

typedef struct {
  const char *name;                 /* The module is the file `NAME.wat`. */
  uint64_t timeout;                 /* How long a request may take. */
  safewasm_instancepre_t *prepared; /* The module, compiled, with its imports. */
} tenant_t;

static tenant_t tenants[] = {
    {"hash", 10000 MILLISECONDS, NULL}, {"exit", 10000 MILLISECONDS, NULL}, {"trap", 10000 MILLISECONDS, NULL},
    {"grow", 10000 MILLISECONDS, NULL}, {"print", 10000 MILLISECONDS, NULL}, {"loop", 10 MILLISECONDS, NULL},
    {"sleep", 1000 MILLISECONDS, NULL},
};

enum { TENANTS = sizeof tenants / sizeof tenants[0] };

static safewasm_engine_t *engine;

/* Ends the program at an error, before it serves. */
static void check(safewasm_error_t *error) {
  char message[500];
  if (safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_NONE) return;
  fprintf(stderr, "%s\n", message);
  exit(1);
}

/* Makes the engine with its pool. Compiles the modules of a folder and finds their imports, once. */
static void open_tenants(const char *folder) {
  /* A pool with a memory for each tenant and request: a request is faster in a memory that its tenant had before. */
  const safewasm_pooling_t pool = {
      .total_memories = WORKING * TENANTS, .max_memory_size = MEMORY, .linear_memory_keep_resident = 1 << 16};
  safewasm_config_t *config;
  safewasm_linker_t *linker;
  check(safewasm_config_new(&config));
  check(safewasm_config_set_sandbox(config, NULL));
  check(safewasm_config_set_pooling(config, &pool));
  check(safewasm_engine_new(config, &engine));
  check(safewasm_linker_new(engine, &linker));
  check(safewasm_linker_define_wasi(linker));
  for (tenant_t *tenant = tenants; tenant < tenants + TENANTS; tenant++) {
    char path[1000];
    safewasm_module_t *module;
    snprintf(path, sizeof path, "%s/%s.wat", folder, tenant->name);
    check(safewasm_module_new_file(engine, path, Z, &module));
    check(safewasm_linker_instantiate_pre(linker, module, &tenant->prepared));
    safewasm_module_delete(module);
  }
  safewasm_linker_delete(linker);
}

static void close_tenants(void) {
  for (tenant_t *tenant = tenants; tenant < tenants + TENANTS; tenant++) {
    safewasm_instancepre_delete(tenant->prepared);
  }
  safewasm_engine_delete(engine);
}

/* Returns the index of a tenant, or `TENANTS` if there is none of that name. */
static int find_tenant(const char *name) {
  int tenant = 0;
  while (tenant < TENANTS && strcmp(tenants[tenant].name, name) != 0) tenant++;
  return tenant;
}

#define TRY(call) if ((error = (call)) != NULL) goto done

/* Runs a tenant's program. On success `*status_out` is its exit status, and `*output_out` what it has printed. */
static safewasm_error_t *run(const tenant_t *tenant, const char *input, uint32_t *status_out,
                             safewasm_bytes_t **output_out) {
  /* The limits that aren't named have their defaults. */
  const safewasm_sandbox_t limits = {
      .timeout = tenant->timeout, .memory_limit = MEMORY, .output_limit = OUTPUT, .instance_limit = 1};
  safewasm_buffer_t *output = NULL;
  safewasm_wasi_t *wasi = NULL;
  safewasm_store_t *store = NULL;
  safewasm_instance_t *instance = NULL;
  safewasm_error_t *error;
  TRY(safewasm_buffer_new(OUTPUT, &output));
  TRY(safewasm_wasi_new(&wasi));
  TRY(safewasm_wasi_set_sandbox(wasi, &limits));
  TRY(safewasm_wasi_set_stdin_bytes(wasi, (const uint8_t *)input, strlen(input)));
  TRY(safewasm_wasi_set_stream_buffer(wasi, SAFEWASM_WASI_STDOUT, output));
  TRY(safewasm_store_new(engine, &store));
  TRY(safewasm_store_set_sandbox(store, &limits));
  TRY(safewasm_store_set_wasi(store, wasi)); /* Takes `wasi`. */
  TRY(safewasm_instancepre_instantiate(tenant->prepared, store, &instance));
  TRY(safewasm_instance_run(instance, status_out));
  TRY(safewasm_buffer_take(output, output_out));
done:
  safewasm_instance_delete(instance);
  safewasm_store_delete(store); /* Its memory goes back to the pool. */
  safewasm_wasi_delete(wasi);
  safewasm_buffer_delete(output);
  return error;
}

/* A word for the reason of a failure. */
static const char *reason(safewasm_error_t *error) {
  if (safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT) return "time";
  switch (safewasm_error_kind(error)) {
  case SAFEWASM_ERROR_TRAP: return "trap";
  case SAFEWASM_ERROR_LIMIT: return "limit";
  default: return "internal";
  }
}

#endif
