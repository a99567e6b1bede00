# Generated from the library's Rust source by `make header`; do not edit.

"""
The C functions of the library, one to one, and the structs and constants that they use.

For the package's own use: handles are `Ptr`s here, nothing is preserved or deleted by itself, and
errors are returned, not thrown. `include/safewasm.h` documents each function.
"""
module API

const SAFEWASM_ABI_VERSION = 0
const SAFEWASM_STRLEN = typemax(Csize_t)

mutable struct safewasm_config_t end
mutable struct safewasm_engine_t end
mutable struct safewasm_store_t end
mutable struct safewasm_module_t end
mutable struct safewasm_error_t end
mutable struct safewasm_bytes_t end
mutable struct safewasm_functype_t end
mutable struct safewasm_externtype_t end
mutable struct safewasm_view_t end
mutable struct safewasm_linker_t end
mutable struct safewasm_instancepre_t end
mutable struct safewasm_sharedmemory_t end
mutable struct safewasm_instance_t end
mutable struct safewasm_func_t end
mutable struct safewasm_memory_t end
mutable struct safewasm_table_t end
mutable struct safewasm_global_t end
mutable struct safewasm_tag_t end
mutable struct safewasm_ref_t end
mutable struct safewasm_caller_t end

# safewasm_opt_level_t
const SAFEWASM_OPT_LEVEL_NONE = 0x00000000
const SAFEWASM_OPT_LEVEL_SPEED = 0x00000001
const SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE = 0x00000002

# safewasm_feature_t
const SAFEWASM_FEATURE_MULTI_VALUE = 0x00000000
const SAFEWASM_FEATURE_BULK_MEMORY = 0x00000001
const SAFEWASM_FEATURE_REFERENCE_TYPES = 0x00000002
const SAFEWASM_FEATURE_SIMD = 0x00000003
const SAFEWASM_FEATURE_RELAXED_SIMD = 0x00000004
const SAFEWASM_FEATURE_THREADS = 0x00000005
const SAFEWASM_FEATURE_TAIL_CALL = 0x00000006
const SAFEWASM_FEATURE_MULTI_MEMORY = 0x00000007
const SAFEWASM_FEATURE_MEMORY64 = 0x00000008
const SAFEWASM_FEATURE_EXTENDED_CONST = 0x00000009
const SAFEWASM_FEATURE_FUNCTION_REFERENCES = 0x0000000a
const SAFEWASM_FEATURE_GC = 0x0000000b
const SAFEWASM_FEATURE_EXCEPTIONS = 0x0000000c
const SAFEWASM_FEATURE_CUSTOM_PAGE_SIZES = 0x0000000d
const SAFEWASM_FEATURE_WIDE_ARITHMETIC = 0x0000000e
const SAFEWASM_FEATURE_STACK_SWITCHING = 0x0000000f

# safewasm_error_kind_t
const SAFEWASM_ERROR_NONE = Cint(0)
const SAFEWASM_ERROR_NULL_POINTER = Cint(1)
const SAFEWASM_ERROR_INVALID_HANDLE = Cint(2)
const SAFEWASM_ERROR_WRONG_STORE = Cint(3)
const SAFEWASM_ERROR_WRONG_ENGINE = Cint(4)
const SAFEWASM_ERROR_STORE_BUSY = Cint(5)
const SAFEWASM_ERROR_STORE_POISONED = Cint(6)
const SAFEWASM_ERROR_INVALID_ARGUMENT = Cint(7)
const SAFEWASM_ERROR_INVALID_MODULE = Cint(8)
const SAFEWASM_ERROR_INVALID_TEXT = Cint(9)
const SAFEWASM_ERROR_LINK = Cint(10)
const SAFEWASM_ERROR_NOT_FOUND = Cint(11)
const SAFEWASM_ERROR_TYPE_MISMATCH = Cint(12)
const SAFEWASM_ERROR_OUT_OF_BOUNDS = Cint(13)
const SAFEWASM_ERROR_TRAP = Cint(14)
const SAFEWASM_ERROR_EXCEPTION = Cint(15)
const SAFEWASM_ERROR_LIMIT = Cint(16)
const SAFEWASM_ERROR_IO = Cint(17)
const SAFEWASM_ERROR_UNSUPPORTED = Cint(18)
const SAFEWASM_ERROR_OUT_OF_MEMORY = Cint(19)
const SAFEWASM_ERROR_INTERNAL = Cint(20)
const SAFEWASM_ERROR_HOST = Cint(21)
const SAFEWASM_ERROR_TASK = Cint(22)
const SAFEWASM_ERROR_COMPILER = Cint(23)

# safewasm_trap_code_t
const SAFEWASM_TRAP_NOT_A_TRAP = Cint(0)
const SAFEWASM_TRAP_STACK_OVERFLOW = Cint(1)
const SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS = Cint(2)
const SAFEWASM_TRAP_HEAP_MISALIGNED = Cint(3)
const SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS = Cint(4)
const SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL = Cint(5)
const SAFEWASM_TRAP_BAD_SIGNATURE = Cint(6)
const SAFEWASM_TRAP_INTEGER_OVERFLOW = Cint(7)
const SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO = Cint(8)
const SAFEWASM_TRAP_BAD_CONVERSION_TO_INTEGER = Cint(9)
const SAFEWASM_TRAP_UNREACHABLE = Cint(10)
const SAFEWASM_TRAP_INTERRUPT = Cint(11)
const SAFEWASM_TRAP_OUT_OF_FUEL = Cint(12)
const SAFEWASM_TRAP_ATOMIC_WAIT_NON_SHARED_MEMORY = Cint(13)
const SAFEWASM_TRAP_NULL_REFERENCE = Cint(14)
const SAFEWASM_TRAP_ARRAY_OUT_OF_BOUNDS = Cint(15)
const SAFEWASM_TRAP_ALLOCATION_TOO_LARGE = Cint(16)
const SAFEWASM_TRAP_CAST_FAILURE = Cint(17)
const SAFEWASM_TRAP_UNHANDLED_TAG = Cint(18)
const SAFEWASM_TRAP_CONTINUATION_ALREADY_CONSUMED = Cint(19)
const SAFEWASM_TRAP_OTHER = Cint(255)

# safewasm_timeout_scope_t
const SAFEWASM_TIMEOUT_ALL_TASKS = 0x00000000
const SAFEWASM_TIMEOUT_ONE_TASK = 0x00000001

# safewasm_externkind_t
const SAFEWASM_EXTERN_FUNC = 0x00000001
const SAFEWASM_EXTERN_MEMORY = 0x00000002
const SAFEWASM_EXTERN_TABLE = 0x00000003
const SAFEWASM_EXTERN_GLOBAL = 0x00000004
const SAFEWASM_EXTERN_TAG = 0x00000005
const SAFEWASM_EXTERN_SHARED_MEMORY = 0x00000006

# safewasm_valkind_t
const SAFEWASM_VAL_I32 = 0x01
const SAFEWASM_VAL_I64 = 0x02
const SAFEWASM_VAL_F32 = 0x03
const SAFEWASM_VAL_F64 = 0x04
const SAFEWASM_VAL_V128 = 0x05
const SAFEWASM_VAL_REF = 0x06
const SAFEWASM_VAL_FUNC = 0x07

# safewasm_heapkind_t
const SAFEWASM_HEAP_NOT_A_REFERENCE = 0x00
const SAFEWASM_HEAP_FUNC = 0x01
const SAFEWASM_HEAP_EXTERN = 0x02
const SAFEWASM_HEAP_ANY = 0x03
const SAFEWASM_HEAP_EQ = 0x04
const SAFEWASM_HEAP_I31 = 0x05
const SAFEWASM_HEAP_STRUCT = 0x06
const SAFEWASM_HEAP_ARRAY = 0x07
const SAFEWASM_HEAP_EXN = 0x08
const SAFEWASM_HEAP_CONT = 0x09
const SAFEWASM_HEAP_NONE = 0x0a
const SAFEWASM_HEAP_NOFUNC = 0x0b
const SAFEWASM_HEAP_NOEXTERN = 0x0c
const SAFEWASM_HEAP_NOEXN = 0x0d
const SAFEWASM_HEAP_NOCONT = 0x0e
const SAFEWASM_HEAP_CONCRETE_FUNC = 0x0f
const SAFEWASM_HEAP_CONCRETE_STRUCT = 0x10
const SAFEWASM_HEAP_CONCRETE_ARRAY = 0x11
const SAFEWASM_HEAP_CONCRETE_EXN = 0x12
const SAFEWASM_HEAP_CONCRETE_CONT = 0x13

# From names to values, for each enumeration.
const SAFEWASM_OPT_LEVEL_NAMES = Dict(
    SAFEWASM_OPT_LEVEL_NONE => :none,
    SAFEWASM_OPT_LEVEL_SPEED => :speed,
    SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE => :speed_and_size,
)
const SAFEWASM_FEATURE_NAMES = Dict(
    SAFEWASM_FEATURE_MULTI_VALUE => :multi_value,
    SAFEWASM_FEATURE_BULK_MEMORY => :bulk_memory,
    SAFEWASM_FEATURE_REFERENCE_TYPES => :reference_types,
    SAFEWASM_FEATURE_SIMD => :simd,
    SAFEWASM_FEATURE_RELAXED_SIMD => :relaxed_simd,
    SAFEWASM_FEATURE_THREADS => :threads,
    SAFEWASM_FEATURE_TAIL_CALL => :tail_call,
    SAFEWASM_FEATURE_MULTI_MEMORY => :multi_memory,
    SAFEWASM_FEATURE_MEMORY64 => :memory64,
    SAFEWASM_FEATURE_EXTENDED_CONST => :extended_const,
    SAFEWASM_FEATURE_FUNCTION_REFERENCES => :function_references,
    SAFEWASM_FEATURE_GC => :gc,
    SAFEWASM_FEATURE_EXCEPTIONS => :exceptions,
    SAFEWASM_FEATURE_CUSTOM_PAGE_SIZES => :custom_page_sizes,
    SAFEWASM_FEATURE_WIDE_ARITHMETIC => :wide_arithmetic,
    SAFEWASM_FEATURE_STACK_SWITCHING => :stack_switching,
)
const SAFEWASM_ERROR_NAMES = Dict(
    SAFEWASM_ERROR_NONE => :none,
    SAFEWASM_ERROR_NULL_POINTER => :null_pointer,
    SAFEWASM_ERROR_INVALID_HANDLE => :invalid_handle,
    SAFEWASM_ERROR_WRONG_STORE => :wrong_store,
    SAFEWASM_ERROR_WRONG_ENGINE => :wrong_engine,
    SAFEWASM_ERROR_STORE_BUSY => :store_busy,
    SAFEWASM_ERROR_STORE_POISONED => :store_poisoned,
    SAFEWASM_ERROR_INVALID_ARGUMENT => :invalid_argument,
    SAFEWASM_ERROR_INVALID_MODULE => :invalid_module,
    SAFEWASM_ERROR_INVALID_TEXT => :invalid_text,
    SAFEWASM_ERROR_LINK => :link,
    SAFEWASM_ERROR_NOT_FOUND => :not_found,
    SAFEWASM_ERROR_TYPE_MISMATCH => :type_mismatch,
    SAFEWASM_ERROR_OUT_OF_BOUNDS => :out_of_bounds,
    SAFEWASM_ERROR_TRAP => :trap,
    SAFEWASM_ERROR_EXCEPTION => :exception,
    SAFEWASM_ERROR_LIMIT => :limit,
    SAFEWASM_ERROR_IO => :io,
    SAFEWASM_ERROR_UNSUPPORTED => :unsupported,
    SAFEWASM_ERROR_OUT_OF_MEMORY => :out_of_memory,
    SAFEWASM_ERROR_INTERNAL => :internal,
    SAFEWASM_ERROR_HOST => :host,
    SAFEWASM_ERROR_TASK => :task,
    SAFEWASM_ERROR_COMPILER => :compiler,
)
const SAFEWASM_TRAP_NAMES = Dict(
    SAFEWASM_TRAP_NOT_A_TRAP => :not_a_trap,
    SAFEWASM_TRAP_STACK_OVERFLOW => :stack_overflow,
    SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS => :memory_out_of_bounds,
    SAFEWASM_TRAP_HEAP_MISALIGNED => :heap_misaligned,
    SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS => :table_out_of_bounds,
    SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL => :indirect_call_to_null,
    SAFEWASM_TRAP_BAD_SIGNATURE => :bad_signature,
    SAFEWASM_TRAP_INTEGER_OVERFLOW => :integer_overflow,
    SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO => :integer_division_by_zero,
    SAFEWASM_TRAP_BAD_CONVERSION_TO_INTEGER => :bad_conversion_to_integer,
    SAFEWASM_TRAP_UNREACHABLE => :unreachable,
    SAFEWASM_TRAP_INTERRUPT => :interrupt,
    SAFEWASM_TRAP_OUT_OF_FUEL => :out_of_fuel,
    SAFEWASM_TRAP_ATOMIC_WAIT_NON_SHARED_MEMORY => :atomic_wait_non_shared_memory,
    SAFEWASM_TRAP_NULL_REFERENCE => :null_reference,
    SAFEWASM_TRAP_ARRAY_OUT_OF_BOUNDS => :array_out_of_bounds,
    SAFEWASM_TRAP_ALLOCATION_TOO_LARGE => :allocation_too_large,
    SAFEWASM_TRAP_CAST_FAILURE => :cast_failure,
    SAFEWASM_TRAP_UNHANDLED_TAG => :unhandled_tag,
    SAFEWASM_TRAP_CONTINUATION_ALREADY_CONSUMED => :continuation_already_consumed,
    SAFEWASM_TRAP_OTHER => :other,
)
const SAFEWASM_TIMEOUT_NAMES = Dict(
    SAFEWASM_TIMEOUT_ALL_TASKS => :all_tasks,
    SAFEWASM_TIMEOUT_ONE_TASK => :one_task,
)
const SAFEWASM_EXTERN_NAMES = Dict(
    SAFEWASM_EXTERN_FUNC => :func,
    SAFEWASM_EXTERN_MEMORY => :memory,
    SAFEWASM_EXTERN_TABLE => :table,
    SAFEWASM_EXTERN_GLOBAL => :global,
    SAFEWASM_EXTERN_TAG => :tag,
    SAFEWASM_EXTERN_SHARED_MEMORY => :shared_memory,
)
const SAFEWASM_VAL_NAMES = Dict(
    SAFEWASM_VAL_I32 => :i32,
    SAFEWASM_VAL_I64 => :i64,
    SAFEWASM_VAL_F32 => :f32,
    SAFEWASM_VAL_F64 => :f64,
    SAFEWASM_VAL_V128 => :v128,
    SAFEWASM_VAL_REF => :ref,
    SAFEWASM_VAL_FUNC => :func,
)
const SAFEWASM_HEAP_NAMES = Dict(
    SAFEWASM_HEAP_NOT_A_REFERENCE => :not_a_reference,
    SAFEWASM_HEAP_FUNC => :func,
    SAFEWASM_HEAP_EXTERN => :extern,
    SAFEWASM_HEAP_ANY => :any,
    SAFEWASM_HEAP_EQ => :eq,
    SAFEWASM_HEAP_I31 => :i31,
    SAFEWASM_HEAP_STRUCT => :struct,
    SAFEWASM_HEAP_ARRAY => :array,
    SAFEWASM_HEAP_EXN => :exn,
    SAFEWASM_HEAP_CONT => :cont,
    SAFEWASM_HEAP_NONE => :none,
    SAFEWASM_HEAP_NOFUNC => :nofunc,
    SAFEWASM_HEAP_NOEXTERN => :noextern,
    SAFEWASM_HEAP_NOEXN => :noexn,
    SAFEWASM_HEAP_NOCONT => :nocont,
    SAFEWASM_HEAP_CONCRETE_FUNC => :concrete_func,
    SAFEWASM_HEAP_CONCRETE_STRUCT => :concrete_struct,
    SAFEWASM_HEAP_CONCRETE_ARRAY => :concrete_array,
    SAFEWASM_HEAP_CONCRETE_EXN => :concrete_exn,
    SAFEWASM_HEAP_CONCRETE_CONT => :concrete_cont,
)

struct safewasm_column_t
    data::Ptr{Cvoid}
    stride::Cptrdiff_t
end

struct safewasm_externhandle_t
    data::NTuple{1,UInt64}
end

struct safewasm_extern_t
    kind::UInt32
    of::safewasm_externhandle_t
end

struct safewasm_hooks_t
    size::Csize_t
    env::Ptr{Cvoid}
    current_task::Ptr{Cvoid}
    begin_wasm::Ptr{Cvoid}
    end_wasm::Ptr{Cvoid}
    begin_host::Ptr{Cvoid}
    end_host::Ptr{Cvoid}
    task_stack::Ptr{Cvoid}
    interrupt_flag::Ptr{Int32}
    task_bounds::Ptr{Cvoid}
    compiles_late::Csize_t
end

struct safewasm_resources_t
    memories::UInt32
    tables::UInt32
    max_memory_size::UInt64
    max_table_size::UInt64
end

struct safewasm_pooling_t
    total_memories::UInt32
    total_tables::UInt32
    max_memories_per_module::UInt32
    max_tables_per_module::UInt32
    max_memory_size::Csize_t
    table_elements::Csize_t
    linear_memory_keep_resident::Csize_t
end

struct safewasm_text_t
    data::Ptr{Cchar}
    len::Csize_t
end

struct safewasm_frame_t
    module_name::safewasm_text_t
    func_name::safewasm_text_t
    file::safewasm_text_t
    module_offset::UInt64
    func_offset::UInt64
    func_index::UInt32
    line::UInt32
    column::UInt32
end

struct safewasm_released_t
    next::Ptr{Cvoid}
    list::Ptr{Ptr{Cvoid}}
end

struct safewasm_cell_t
    data::Ptr{UInt8}
    len::Csize_t
    generation::UInt64
end

struct safewasm_memorytype_t
    min::UInt64
    max::UInt64
    page_size::UInt64
    has_max::Bool
    is_64::Bool
    is_shared::Bool
end

struct safewasm_valtype_t
    kind::UInt8
    heap::UInt8
    nullable::Bool
end

struct safewasm_tabletype_t
    min::UInt64
    max::UInt64
    has_max::Bool
    is_64::Bool
    element::safewasm_valtype_t
end

struct safewasm_globaltype_t
    content::safewasm_valtype_t
    is_mutable::Bool
end

struct safewasm_slot_t
    data::NTuple{2,UInt64}
end

struct safewasm_val_t
    kind::UInt8
    of::safewasm_slot_t
end

# The functions' addresses, found when the library is loaded.
mutable struct Functions
    safewasm_error_take::Ptr{Cvoid}
    safewasm_error_kind::Ptr{Cvoid}
    safewasm_error_kind_name::Ptr{Cvoid}
    safewasm_trap_code_name::Ptr{Cvoid}
    safewasm_error_message::Ptr{Cvoid}
    safewasm_error_trap_code::Ptr{Cvoid}
    safewasm_error_os_code::Ptr{Cvoid}
    safewasm_error_frames_len::Ptr{Cvoid}
    safewasm_error_frame::Ptr{Cvoid}
    safewasm_error_new::Ptr{Cvoid}
    safewasm_error_new_exception::Ptr{Cvoid}
    safewasm_error_env::Ptr{Cvoid}
    safewasm_error_exception::Ptr{Cvoid}
    safewasm_error_is_valid::Ptr{Cvoid}
    safewasm_error_delete::Ptr{Cvoid}
    safewasm_functype_new::Ptr{Cvoid}
    safewasm_functype_new_text::Ptr{Cvoid}
    safewasm_functype_params_len::Ptr{Cvoid}
    safewasm_functype_param::Ptr{Cvoid}
    safewasm_functype_results_len::Ptr{Cvoid}
    safewasm_functype_result::Ptr{Cvoid}
    safewasm_functype_text::Ptr{Cvoid}
    safewasm_functype_is_valid::Ptr{Cvoid}
    safewasm_functype_delete::Ptr{Cvoid}
    safewasm_externtype_kind::Ptr{Cvoid}
    safewasm_externtype_functype::Ptr{Cvoid}
    safewasm_externtype_memorytype::Ptr{Cvoid}
    safewasm_externtype_tabletype::Ptr{Cvoid}
    safewasm_externtype_globaltype::Ptr{Cvoid}
    safewasm_externtype_text::Ptr{Cvoid}
    safewasm_externtype_is_valid::Ptr{Cvoid}
    safewasm_externtype_delete::Ptr{Cvoid}
    safewasm_config_new::Ptr{Cvoid}
    safewasm_config_set_opt_level::Ptr{Cvoid}
    safewasm_config_set_debug_info::Ptr{Cvoid}
    safewasm_config_set_backtrace_lines::Ptr{Cvoid}
    safewasm_config_set_signals_based_traps::Ptr{Cvoid}
    safewasm_config_set_feature::Ptr{Cvoid}
    safewasm_config_set_shared_memory::Ptr{Cvoid}
    safewasm_config_set_max_wasm_stack::Ptr{Cvoid}
    safewasm_config_set_max_module_size::Ptr{Cvoid}
    safewasm_config_set_max_module_functions::Ptr{Cvoid}
    safewasm_config_set_consume_fuel::Ptr{Cvoid}
    safewasm_config_set_epoch_interruption::Ptr{Cvoid}
    safewasm_config_is_valid::Ptr{Cvoid}
    safewasm_config_delete::Ptr{Cvoid}
    safewasm_config_set_pooling::Ptr{Cvoid}
    safewasm_engine_new::Ptr{Cvoid}
    safewasm_engine_is_valid::Ptr{Cvoid}
    safewasm_engine_delete::Ptr{Cvoid}
    safewasm_module_new::Ptr{Cvoid}
    safewasm_module_new_text::Ptr{Cvoid}
    safewasm_module_new_file::Ptr{Cvoid}
    safewasm_module_validate::Ptr{Cvoid}
    safewasm_module_imports_len::Ptr{Cvoid}
    safewasm_module_import::Ptr{Cvoid}
    safewasm_module_exports_len::Ptr{Cvoid}
    safewasm_module_export::Ptr{Cvoid}
    safewasm_module_name::Ptr{Cvoid}
    safewasm_module_custom_sections_len::Ptr{Cvoid}
    safewasm_module_custom_section::Ptr{Cvoid}
    safewasm_module_resources::Ptr{Cvoid}
    safewasm_module_is_valid::Ptr{Cvoid}
    safewasm_module_delete::Ptr{Cvoid}
    safewasm_bytes_data::Ptr{Cvoid}
    safewasm_bytes_is_valid::Ptr{Cvoid}
    safewasm_bytes_delete::Ptr{Cvoid}
    safewasm_wat2wasm::Ptr{Cvoid}
    safewasm_store_new::Ptr{Cvoid}
    safewasm_store_engine::Ptr{Cvoid}
    safewasm_store_collect::Ptr{Cvoid}
    safewasm_store_is_valid::Ptr{Cvoid}
    safewasm_store_delete::Ptr{Cvoid}
    safewasm_store_set_fuel::Ptr{Cvoid}
    safewasm_store_add_fuel::Ptr{Cvoid}
    safewasm_store_fuel::Ptr{Cvoid}
    safewasm_store_fuel_consumed::Ptr{Cvoid}
    safewasm_store_set_memory_limit::Ptr{Cvoid}
    safewasm_store_set_table_limit::Ptr{Cvoid}
    safewasm_store_set_instance_limit::Ptr{Cvoid}
    safewasm_store_interrupt::Ptr{Cvoid}
    safewasm_store_set_deadline::Ptr{Cvoid}
    safewasm_store_set_epoch_deadline::Ptr{Cvoid}
    safewasm_engine_increment_epoch::Ptr{Cvoid}
    safewasm_store_begin_timeout::Ptr{Cvoid}
    safewasm_store_end_timeout::Ptr{Cvoid}
    safewasm_extern_delete::Ptr{Cvoid}
    safewasm_instance_new::Ptr{Cvoid}
    safewasm_instance_exports_len::Ptr{Cvoid}
    safewasm_instance_export::Ptr{Cvoid}
    safewasm_instance_func::Ptr{Cvoid}
    safewasm_instance_memory::Ptr{Cvoid}
    safewasm_instance_global::Ptr{Cvoid}
    safewasm_instance_table::Ptr{Cvoid}
    safewasm_instance_tag::Ptr{Cvoid}
    safewasm_instance_export_at::Ptr{Cvoid}
    safewasm_instance_module::Ptr{Cvoid}
    safewasm_instance_is_valid::Ptr{Cvoid}
    safewasm_instance_delete::Ptr{Cvoid}
    safewasm_func_new::Ptr{Cvoid}
    safewasm_func_new_slots::Ptr{Cvoid}
    safewasm_func_type::Ptr{Cvoid}
    safewasm_func_call::Ptr{Cvoid}
    safewasm_func_call_slots::Ptr{Cvoid}
    safewasm_func_clone::Ptr{Cvoid}
    safewasm_func_same::Ptr{Cvoid}
    safewasm_func_is_valid::Ptr{Cvoid}
    safewasm_func_delete::Ptr{Cvoid}
    safewasm_caller_export::Ptr{Cvoid}
    safewasm_caller_memory::Ptr{Cvoid}
    safewasm_caller_store::Ptr{Cvoid}
    safewasm_caller_is_valid::Ptr{Cvoid}
    safewasm_func_call_bulk::Ptr{Cvoid}
    safewasm_memory_new::Ptr{Cvoid}
    safewasm_memory_grow::Ptr{Cvoid}
    safewasm_memory_type::Ptr{Cvoid}
    safewasm_memory_len::Ptr{Cvoid}
    safewasm_memory_read::Ptr{Cvoid}
    safewasm_memory_write::Ptr{Cvoid}
    safewasm_memory_is_valid::Ptr{Cvoid}
    safewasm_memory_delete::Ptr{Cvoid}
    safewasm_memory_view::Ptr{Cvoid}
    safewasm_view_is_valid::Ptr{Cvoid}
    safewasm_view_delete::Ptr{Cvoid}
    safewasm_global_new::Ptr{Cvoid}
    safewasm_global_type::Ptr{Cvoid}
    safewasm_global_get::Ptr{Cvoid}
    safewasm_global_set::Ptr{Cvoid}
    safewasm_global_is_valid::Ptr{Cvoid}
    safewasm_global_delete::Ptr{Cvoid}
    safewasm_table_new::Ptr{Cvoid}
    safewasm_table_type::Ptr{Cvoid}
    safewasm_table_size::Ptr{Cvoid}
    safewasm_table_get::Ptr{Cvoid}
    safewasm_table_set::Ptr{Cvoid}
    safewasm_table_grow::Ptr{Cvoid}
    safewasm_table_fill::Ptr{Cvoid}
    safewasm_table_copy::Ptr{Cvoid}
    safewasm_table_is_valid::Ptr{Cvoid}
    safewasm_table_delete::Ptr{Cvoid}
    safewasm_tag_new::Ptr{Cvoid}
    safewasm_tag_type::Ptr{Cvoid}
    safewasm_tag_same::Ptr{Cvoid}
    safewasm_tag_is_valid::Ptr{Cvoid}
    safewasm_tag_delete::Ptr{Cvoid}
    safewasm_ref_new_extern::Ptr{Cvoid}
    safewasm_ref_env::Ptr{Cvoid}
    safewasm_ref_new_i31::Ptr{Cvoid}
    safewasm_ref_i31::Ptr{Cvoid}
    safewasm_ref_new_exception::Ptr{Cvoid}
    safewasm_ref_tag::Ptr{Cvoid}
    safewasm_ref_fields_len::Ptr{Cvoid}
    safewasm_ref_field::Ptr{Cvoid}
    safewasm_ref_type::Ptr{Cvoid}
    safewasm_ref_same::Ptr{Cvoid}
    safewasm_ref_clone::Ptr{Cvoid}
    safewasm_ref_is_valid::Ptr{Cvoid}
    safewasm_ref_delete::Ptr{Cvoid}
    safewasm_linker_new::Ptr{Cvoid}
    safewasm_linker_allow_shadowing::Ptr{Cvoid}
    safewasm_linker_define::Ptr{Cvoid}
    safewasm_linker_define_func::Ptr{Cvoid}
    safewasm_linker_define_func_slots::Ptr{Cvoid}
    safewasm_linker_define_instance::Ptr{Cvoid}
    safewasm_linker_define_module::Ptr{Cvoid}
    safewasm_linker_define_unknown_imports_as_traps::Ptr{Cvoid}
    safewasm_linker_define_unknown_imports_as_default_values::Ptr{Cvoid}
    safewasm_linker_instantiate::Ptr{Cvoid}
    safewasm_linker_instantiate_pre::Ptr{Cvoid}
    safewasm_linker_get::Ptr{Cvoid}
    safewasm_linker_len::Ptr{Cvoid}
    safewasm_linker_definition::Ptr{Cvoid}
    safewasm_linker_is_valid::Ptr{Cvoid}
    safewasm_linker_delete::Ptr{Cvoid}
    safewasm_instancepre_instantiate::Ptr{Cvoid}
    safewasm_instancepre_is_valid::Ptr{Cvoid}
    safewasm_instancepre_delete::Ptr{Cvoid}
    safewasm_sharedmemory_new::Ptr{Cvoid}
    safewasm_sharedmemory_type::Ptr{Cvoid}
    safewasm_sharedmemory_data::Ptr{Cvoid}
    safewasm_sharedmemory_grow::Ptr{Cvoid}
    safewasm_sharedmemory_read::Ptr{Cvoid}
    safewasm_sharedmemory_write::Ptr{Cvoid}
    safewasm_sharedmemory_is_valid::Ptr{Cvoid}
    safewasm_sharedmemory_delete::Ptr{Cvoid}
    safewasm_release_later::Ptr{Cvoid}
    safewasm_config_set_hooks::Ptr{Cvoid}
    safewasm_provoke_panic::Ptr{Cvoid}
    safewasm_version::Ptr{Cvoid}
    safewasm_abi_version::Ptr{Cvoid}
    Functions() = new(ntuple(_ -> C_NULL, fieldcount(Functions))...)
end

const FUNCTIONS = Functions()

function safewasm_error_take(error, message, message_size)
    return ccall(
        FUNCTIONS.safewasm_error_take,
        Cint,
        (Ptr{safewasm_error_t}, Ptr{Cchar}, Csize_t),
        error,
        message,
        message_size,
    )
end

function safewasm_error_kind(error)
    return ccall(
        FUNCTIONS.safewasm_error_kind,
        Cint,
        (Ptr{safewasm_error_t},),
        error,
    )
end

function safewasm_error_kind_name(kind)
    return ccall(
        FUNCTIONS.safewasm_error_kind_name,
        Ptr{Cchar},
        (UInt32,),
        kind,
    )
end

function safewasm_trap_code_name(code)
    return ccall(
        FUNCTIONS.safewasm_trap_code_name,
        Ptr{Cchar},
        (UInt32,),
        code,
    )
end

function safewasm_error_message(error, len_out)
    return ccall(
        FUNCTIONS.safewasm_error_message,
        Ptr{Cchar},
        (Ptr{safewasm_error_t}, Ptr{Csize_t}),
        error,
        len_out,
    )
end

function safewasm_error_trap_code(error)
    return ccall(
        FUNCTIONS.safewasm_error_trap_code,
        Cint,
        (Ptr{safewasm_error_t},),
        error,
    )
end

function safewasm_error_os_code(error)
    return ccall(
        FUNCTIONS.safewasm_error_os_code,
        Int32,
        (Ptr{safewasm_error_t},),
        error,
    )
end

function safewasm_error_frames_len(error)
    return ccall(
        FUNCTIONS.safewasm_error_frames_len,
        Csize_t,
        (Ptr{safewasm_error_t},),
        error,
    )
end

function safewasm_error_frame(error, index, frame_out)
    return ccall(
        FUNCTIONS.safewasm_error_frame,
        Bool,
        (Ptr{safewasm_error_t}, Csize_t, Ptr{safewasm_frame_t}),
        error,
        index,
        frame_out,
    )
end

function safewasm_error_new(message, message_len, env, finalizer, error_out)
    return ccall(
        FUNCTIONS.safewasm_error_new,
        Ptr{safewasm_error_t},
        (Ptr{Cchar}, Csize_t, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_error_t}}),
        message,
        message_len,
        env,
        finalizer,
        error_out,
    )
end

function safewasm_error_new_exception(exception, error_out)
    return ccall(
        FUNCTIONS.safewasm_error_new_exception,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{Ptr{safewasm_error_t}}),
        exception,
        error_out,
    )
end

function safewasm_error_env(error)
    return ccall(
        FUNCTIONS.safewasm_error_env,
        Ptr{Cvoid},
        (Ptr{safewasm_error_t},),
        error,
    )
end

function safewasm_error_exception(error, ref_out)
    return ccall(
        FUNCTIONS.safewasm_error_exception,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_error_t}, Ptr{Ptr{safewasm_ref_t}}),
        error,
        ref_out,
    )
end

function safewasm_error_is_valid(error)
    return ccall(
        FUNCTIONS.safewasm_error_is_valid,
        Bool,
        (Ptr{safewasm_error_t},),
        error,
    )
end

function safewasm_error_delete(error)
    return ccall(
        FUNCTIONS.safewasm_error_delete,
        Cvoid,
        (Ptr{safewasm_error_t},),
        error,
    )
end

function safewasm_functype_new(engine, params, params_len, results, results_len, functype_out)
    return ccall(
        FUNCTIONS.safewasm_functype_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{safewasm_valtype_t}, Csize_t, Ptr{safewasm_valtype_t}, Csize_t, Ptr{Ptr{safewasm_functype_t}}),
        engine,
        params,
        params_len,
        results,
        results_len,
        functype_out,
    )
end

function safewasm_functype_new_text(engine, text, text_len, functype_out)
    return ccall(
        FUNCTIONS.safewasm_functype_new_text,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_functype_t}}),
        engine,
        text,
        text_len,
        functype_out,
    )
end

function safewasm_functype_params_len(functype, len_out)
    return ccall(
        FUNCTIONS.safewasm_functype_params_len,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Ptr{Csize_t}),
        functype,
        len_out,
    )
end

function safewasm_functype_param(functype, index, type_out)
    return ccall(
        FUNCTIONS.safewasm_functype_param,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Csize_t, Ptr{safewasm_valtype_t}),
        functype,
        index,
        type_out,
    )
end

function safewasm_functype_results_len(functype, len_out)
    return ccall(
        FUNCTIONS.safewasm_functype_results_len,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Ptr{Csize_t}),
        functype,
        len_out,
    )
end

function safewasm_functype_result(functype, index, type_out)
    return ccall(
        FUNCTIONS.safewasm_functype_result,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Csize_t, Ptr{safewasm_valtype_t}),
        functype,
        index,
        type_out,
    )
end

function safewasm_functype_text(functype, text_out)
    return ccall(
        FUNCTIONS.safewasm_functype_text,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Ptr{safewasm_text_t}),
        functype,
        text_out,
    )
end

function safewasm_functype_is_valid(functype)
    return ccall(
        FUNCTIONS.safewasm_functype_is_valid,
        Bool,
        (Ptr{safewasm_functype_t},),
        functype,
    )
end

function safewasm_functype_delete(functype)
    return ccall(
        FUNCTIONS.safewasm_functype_delete,
        Cvoid,
        (Ptr{safewasm_functype_t},),
        functype,
    )
end

function safewasm_externtype_kind(externtype, kind_out)
    return ccall(
        FUNCTIONS.safewasm_externtype_kind,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{UInt32}),
        externtype,
        kind_out,
    )
end

function safewasm_externtype_functype(externtype, functype_out)
    return ccall(
        FUNCTIONS.safewasm_externtype_functype,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{Ptr{safewasm_functype_t}}),
        externtype,
        functype_out,
    )
end

function safewasm_externtype_memorytype(externtype, type_out)
    return ccall(
        FUNCTIONS.safewasm_externtype_memorytype,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{safewasm_memorytype_t}),
        externtype,
        type_out,
    )
end

function safewasm_externtype_tabletype(externtype, type_out)
    return ccall(
        FUNCTIONS.safewasm_externtype_tabletype,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{safewasm_tabletype_t}),
        externtype,
        type_out,
    )
end

function safewasm_externtype_globaltype(externtype, type_out)
    return ccall(
        FUNCTIONS.safewasm_externtype_globaltype,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{safewasm_globaltype_t}),
        externtype,
        type_out,
    )
end

function safewasm_externtype_text(externtype, text_out)
    return ccall(
        FUNCTIONS.safewasm_externtype_text,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{safewasm_text_t}),
        externtype,
        text_out,
    )
end

function safewasm_externtype_is_valid(externtype)
    return ccall(
        FUNCTIONS.safewasm_externtype_is_valid,
        Bool,
        (Ptr{safewasm_externtype_t},),
        externtype,
    )
end

function safewasm_externtype_delete(externtype)
    return ccall(
        FUNCTIONS.safewasm_externtype_delete,
        Cvoid,
        (Ptr{safewasm_externtype_t},),
        externtype,
    )
end

function safewasm_config_new(config_out)
    return ccall(
        FUNCTIONS.safewasm_config_new,
        Ptr{safewasm_error_t},
        (Ptr{Ptr{safewasm_config_t}},),
        config_out,
    )
end

function safewasm_config_set_opt_level(config, level)
    return ccall(
        FUNCTIONS.safewasm_config_set_opt_level,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, UInt32),
        config,
        level,
    )
end

function safewasm_config_set_debug_info(config, enabled)
    return ccall(
        FUNCTIONS.safewasm_config_set_debug_info,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

function safewasm_config_set_backtrace_lines(config, enabled)
    return ccall(
        FUNCTIONS.safewasm_config_set_backtrace_lines,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

function safewasm_config_set_signals_based_traps(config, enabled)
    return ccall(
        FUNCTIONS.safewasm_config_set_signals_based_traps,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

function safewasm_config_set_feature(config, feature, enabled)
    return ccall(
        FUNCTIONS.safewasm_config_set_feature,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, UInt32, Bool),
        config,
        feature,
        enabled,
    )
end

function safewasm_config_set_shared_memory(config, enabled)
    return ccall(
        FUNCTIONS.safewasm_config_set_shared_memory,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

function safewasm_config_set_max_wasm_stack(config, max_wasm_stack)
    return ccall(
        FUNCTIONS.safewasm_config_set_max_wasm_stack,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Csize_t),
        config,
        max_wasm_stack,
    )
end

function safewasm_config_set_max_module_size(config, max_module_size)
    return ccall(
        FUNCTIONS.safewasm_config_set_max_module_size,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Csize_t),
        config,
        max_module_size,
    )
end

function safewasm_config_set_max_module_functions(config, max_module_functions)
    return ccall(
        FUNCTIONS.safewasm_config_set_max_module_functions,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Csize_t),
        config,
        max_module_functions,
    )
end

function safewasm_config_set_consume_fuel(config, enabled)
    return ccall(
        FUNCTIONS.safewasm_config_set_consume_fuel,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

function safewasm_config_set_epoch_interruption(config, enabled)
    return ccall(
        FUNCTIONS.safewasm_config_set_epoch_interruption,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

function safewasm_config_is_valid(config)
    return ccall(
        FUNCTIONS.safewasm_config_is_valid,
        Bool,
        (Ptr{safewasm_config_t},),
        config,
    )
end

function safewasm_config_delete(config)
    return ccall(
        FUNCTIONS.safewasm_config_delete,
        Cvoid,
        (Ptr{safewasm_config_t},),
        config,
    )
end

function safewasm_config_set_pooling(config, pooling)
    return ccall(
        FUNCTIONS.safewasm_config_set_pooling,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Ptr{safewasm_pooling_t}),
        config,
        pooling,
    )
end

function safewasm_engine_new(config, engine_out)
    return ccall(
        FUNCTIONS.safewasm_engine_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Ptr{Ptr{safewasm_engine_t}}),
        config,
        engine_out,
    )
end

function safewasm_engine_is_valid(engine)
    return ccall(
        FUNCTIONS.safewasm_engine_is_valid,
        Bool,
        (Ptr{safewasm_engine_t},),
        engine,
    )
end

function safewasm_engine_delete(engine)
    return ccall(
        FUNCTIONS.safewasm_engine_delete,
        Cvoid,
        (Ptr{safewasm_engine_t},),
        engine,
    )
end

function safewasm_module_new(engine, bytes, bytes_len, module_out)
    return ccall(
        FUNCTIONS.safewasm_module_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t, Ptr{Ptr{safewasm_module_t}}),
        engine,
        bytes,
        bytes_len,
        module_out,
    )
end

function safewasm_module_new_text(engine, text, text_len, module_out)
    return ccall(
        FUNCTIONS.safewasm_module_new_text,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_module_t}}),
        engine,
        text,
        text_len,
        module_out,
    )
end

function safewasm_module_new_file(engine, path, path_len, module_out)
    return ccall(
        FUNCTIONS.safewasm_module_new_file,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_module_t}}),
        engine,
        path,
        path_len,
        module_out,
    )
end

function safewasm_module_validate(engine, bytes, bytes_len)
    return ccall(
        FUNCTIONS.safewasm_module_validate,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t),
        engine,
        bytes,
        bytes_len,
    )
end

function safewasm_module_imports_len(module_, len_out)
    return ccall(
        FUNCTIONS.safewasm_module_imports_len,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{Csize_t}),
        module_,
        len_out,
    )
end

function safewasm_module_import(module_, index, module_name_out, name_out, type_out)
    return ccall(
        FUNCTIONS.safewasm_module_import,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Csize_t, Ptr{safewasm_text_t}, Ptr{safewasm_text_t}, Ptr{Ptr{safewasm_externtype_t}}),
        module_,
        index,
        module_name_out,
        name_out,
        type_out,
    )
end

function safewasm_module_exports_len(module_, len_out)
    return ccall(
        FUNCTIONS.safewasm_module_exports_len,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{Csize_t}),
        module_,
        len_out,
    )
end

function safewasm_module_export(module_, index, name_out, type_out)
    return ccall(
        FUNCTIONS.safewasm_module_export,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Csize_t, Ptr{safewasm_text_t}, Ptr{Ptr{safewasm_externtype_t}}),
        module_,
        index,
        name_out,
        type_out,
    )
end

function safewasm_module_name(module_, name_out)
    return ccall(
        FUNCTIONS.safewasm_module_name,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{safewasm_text_t}),
        module_,
        name_out,
    )
end

function safewasm_module_custom_sections_len(module_, len_out)
    return ccall(
        FUNCTIONS.safewasm_module_custom_sections_len,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{Csize_t}),
        module_,
        len_out,
    )
end

function safewasm_module_custom_section(module_, index, name_out, data_out, len_out)
    return ccall(
        FUNCTIONS.safewasm_module_custom_section,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Csize_t, Ptr{safewasm_text_t}, Ptr{Ptr{UInt8}}, Ptr{Csize_t}),
        module_,
        index,
        name_out,
        data_out,
        len_out,
    )
end

function safewasm_module_resources(module_, resources_out)
    return ccall(
        FUNCTIONS.safewasm_module_resources,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{safewasm_resources_t}),
        module_,
        resources_out,
    )
end

function safewasm_module_is_valid(module_)
    return ccall(
        FUNCTIONS.safewasm_module_is_valid,
        Bool,
        (Ptr{safewasm_module_t},),
        module_,
    )
end

function safewasm_module_delete(module_)
    return ccall(
        FUNCTIONS.safewasm_module_delete,
        Cvoid,
        (Ptr{safewasm_module_t},),
        module_,
    )
end

function safewasm_bytes_data(bytes, data_out, len_out)
    return ccall(
        FUNCTIONS.safewasm_bytes_data,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_bytes_t}, Ptr{Ptr{UInt8}}, Ptr{Csize_t}),
        bytes,
        data_out,
        len_out,
    )
end

function safewasm_bytes_is_valid(bytes)
    return ccall(
        FUNCTIONS.safewasm_bytes_is_valid,
        Bool,
        (Ptr{safewasm_bytes_t},),
        bytes,
    )
end

function safewasm_bytes_delete(bytes)
    return ccall(
        FUNCTIONS.safewasm_bytes_delete,
        Cvoid,
        (Ptr{safewasm_bytes_t},),
        bytes,
    )
end

function safewasm_wat2wasm(text, text_len, bytes_out)
    return ccall(
        FUNCTIONS.safewasm_wat2wasm,
        Ptr{safewasm_error_t},
        (Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_bytes_t}}),
        text,
        text_len,
        bytes_out,
    )
end

function safewasm_store_new(engine, store_out)
    return ccall(
        FUNCTIONS.safewasm_store_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Ptr{safewasm_store_t}}),
        engine,
        store_out,
    )
end

function safewasm_store_engine(store, engine_out)
    return ccall(
        FUNCTIONS.safewasm_store_engine,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{Ptr{safewasm_engine_t}}),
        store,
        engine_out,
    )
end

function safewasm_store_collect(store)
    return ccall(
        FUNCTIONS.safewasm_store_collect,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t},),
        store,
    )
end

function safewasm_store_is_valid(store)
    return ccall(
        FUNCTIONS.safewasm_store_is_valid,
        Bool,
        (Ptr{safewasm_store_t},),
        store,
    )
end

function safewasm_store_delete(store)
    return ccall(
        FUNCTIONS.safewasm_store_delete,
        Cvoid,
        (Ptr{safewasm_store_t},),
        store,
    )
end

function safewasm_store_set_fuel(store, fuel)
    return ccall(
        FUNCTIONS.safewasm_store_set_fuel,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        fuel,
    )
end

function safewasm_store_add_fuel(store, fuel)
    return ccall(
        FUNCTIONS.safewasm_store_add_fuel,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        fuel,
    )
end

function safewasm_store_fuel(store, fuel_out)
    return ccall(
        FUNCTIONS.safewasm_store_fuel,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{UInt64}),
        store,
        fuel_out,
    )
end

function safewasm_store_fuel_consumed(store, fuel_out)
    return ccall(
        FUNCTIONS.safewasm_store_fuel_consumed,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{UInt64}),
        store,
        fuel_out,
    )
end

function safewasm_store_set_memory_limit(store, bytes)
    return ccall(
        FUNCTIONS.safewasm_store_set_memory_limit,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        bytes,
    )
end

function safewasm_store_set_table_limit(store, elements)
    return ccall(
        FUNCTIONS.safewasm_store_set_table_limit,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        elements,
    )
end

function safewasm_store_set_instance_limit(store, instances)
    return ccall(
        FUNCTIONS.safewasm_store_set_instance_limit,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        instances,
    )
end

function safewasm_store_interrupt(store)
    return ccall(
        FUNCTIONS.safewasm_store_interrupt,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t},),
        store,
    )
end

function safewasm_store_set_deadline(store, nanoseconds)
    return ccall(
        FUNCTIONS.safewasm_store_set_deadline,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        nanoseconds,
    )
end

function safewasm_store_set_epoch_deadline(store, ticks)
    return ccall(
        FUNCTIONS.safewasm_store_set_epoch_deadline,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        ticks,
    )
end

function safewasm_engine_increment_epoch(engine, epoch_out)
    return ccall(
        FUNCTIONS.safewasm_engine_increment_epoch,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt64}),
        engine,
        epoch_out,
    )
end

function safewasm_store_begin_timeout(store, nanoseconds, scope, timeout_out)
    return ccall(
        FUNCTIONS.safewasm_store_begin_timeout,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64, UInt32, Ptr{UInt64}),
        store,
        nanoseconds,
        scope,
        timeout_out,
    )
end

function safewasm_store_end_timeout(store, timeout)
    return ccall(
        FUNCTIONS.safewasm_store_end_timeout,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        timeout,
    )
end

function safewasm_extern_delete(item)
    return ccall(
        FUNCTIONS.safewasm_extern_delete,
        Cvoid,
        (Ptr{safewasm_extern_t},),
        item,
    )
end

function safewasm_instance_new(store, module_, imports, imports_len, instance_out)
    return ccall(
        FUNCTIONS.safewasm_instance_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_module_t}, Ptr{safewasm_extern_t}, Csize_t, Ptr{Ptr{safewasm_instance_t}}),
        store,
        module_,
        imports,
        imports_len,
        instance_out,
    )
end

function safewasm_instance_exports_len(instance, len_out)
    return ccall(
        FUNCTIONS.safewasm_instance_exports_len,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Csize_t}),
        instance,
        len_out,
    )
end

function safewasm_instance_export(instance, name, name_len, export_out)
    return ccall(
        FUNCTIONS.safewasm_instance_export,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{safewasm_extern_t}),
        instance,
        name,
        name_len,
        export_out,
    )
end

function safewasm_instance_func(instance, name, name_len, func_out)
    return ccall(
        FUNCTIONS.safewasm_instance_func,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_func_t}}),
        instance,
        name,
        name_len,
        func_out,
    )
end

function safewasm_instance_memory(instance, name, name_len, memory_out)
    return ccall(
        FUNCTIONS.safewasm_instance_memory,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_memory_t}}),
        instance,
        name,
        name_len,
        memory_out,
    )
end

function safewasm_instance_global(instance, name, name_len, global_out)
    return ccall(
        FUNCTIONS.safewasm_instance_global,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_global_t}}),
        instance,
        name,
        name_len,
        global_out,
    )
end

function safewasm_instance_table(instance, name, name_len, table_out)
    return ccall(
        FUNCTIONS.safewasm_instance_table,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_table_t}}),
        instance,
        name,
        name_len,
        table_out,
    )
end

function safewasm_instance_tag(instance, name, name_len, tag_out)
    return ccall(
        FUNCTIONS.safewasm_instance_tag,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_tag_t}}),
        instance,
        name,
        name_len,
        tag_out,
    )
end

function safewasm_instance_export_at(instance, index, export_out)
    return ccall(
        FUNCTIONS.safewasm_instance_export_at,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Csize_t, Ptr{safewasm_extern_t}),
        instance,
        index,
        export_out,
    )
end

function safewasm_instance_module(instance, module_out)
    return ccall(
        FUNCTIONS.safewasm_instance_module,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Ptr{safewasm_module_t}}),
        instance,
        module_out,
    )
end

function safewasm_instance_is_valid(instance)
    return ccall(
        FUNCTIONS.safewasm_instance_is_valid,
        Bool,
        (Ptr{safewasm_instance_t},),
        instance,
    )
end

function safewasm_instance_delete(instance)
    return ccall(
        FUNCTIONS.safewasm_instance_delete,
        Cvoid,
        (Ptr{safewasm_instance_t},),
        instance,
    )
end

function safewasm_func_new(store, functype, callback, env, finalizer, func_out)
    return ccall(
        FUNCTIONS.safewasm_func_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_functype_t}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_func_t}}),
        store,
        functype,
        callback,
        env,
        finalizer,
        func_out,
    )
end

function safewasm_func_new_slots(store, functype, callback, env, finalizer, func_out)
    return ccall(
        FUNCTIONS.safewasm_func_new_slots,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_functype_t}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_func_t}}),
        store,
        functype,
        callback,
        env,
        finalizer,
        func_out,
    )
end

function safewasm_func_type(func, functype_out)
    return ccall(
        FUNCTIONS.safewasm_func_type,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_func_t}, Ptr{Ptr{safewasm_functype_t}}),
        func,
        functype_out,
    )
end

function safewasm_func_call(func, args, args_len, results, results_len)
    return ccall(
        FUNCTIONS.safewasm_func_call,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_func_t}, Ptr{safewasm_val_t}, Csize_t, Ptr{safewasm_val_t}, Csize_t),
        func,
        args,
        args_len,
        results,
        results_len,
    )
end

function safewasm_func_call_slots(func, slots, slots_len)
    return ccall(
        FUNCTIONS.safewasm_func_call_slots,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_func_t}, Ptr{safewasm_slot_t}, Csize_t),
        func,
        slots,
        slots_len,
    )
end

function safewasm_func_clone(func, func_out)
    return ccall(
        FUNCTIONS.safewasm_func_clone,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_func_t}, Ptr{Ptr{safewasm_func_t}}),
        func,
        func_out,
    )
end

function safewasm_func_same(func, other, same_out)
    return ccall(
        FUNCTIONS.safewasm_func_same,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_func_t}, Ptr{safewasm_func_t}, Ptr{UInt32}),
        func,
        other,
        same_out,
    )
end

function safewasm_func_is_valid(func)
    return ccall(
        FUNCTIONS.safewasm_func_is_valid,
        Bool,
        (Ptr{safewasm_func_t},),
        func,
    )
end

function safewasm_func_delete(func)
    return ccall(
        FUNCTIONS.safewasm_func_delete,
        Cvoid,
        (Ptr{safewasm_func_t},),
        func,
    )
end

function safewasm_caller_export(caller, name, name_len, export_out)
    return ccall(
        FUNCTIONS.safewasm_caller_export,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_caller_t}, Ptr{Cchar}, Csize_t, Ptr{safewasm_extern_t}),
        caller,
        name,
        name_len,
        export_out,
    )
end

function safewasm_caller_memory(caller, name, name_len, data_out, len_out)
    return ccall(
        FUNCTIONS.safewasm_caller_memory,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_caller_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{UInt8}}, Ptr{Csize_t}),
        caller,
        name,
        name_len,
        data_out,
        len_out,
    )
end

function safewasm_caller_store(caller, store_out)
    return ccall(
        FUNCTIONS.safewasm_caller_store,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_caller_t}, Ptr{Ptr{safewasm_store_t}}),
        caller,
        store_out,
    )
end

function safewasm_caller_is_valid(caller)
    return ccall(
        FUNCTIONS.safewasm_caller_is_valid,
        Bool,
        (Ptr{safewasm_caller_t},),
        caller,
    )
end

function safewasm_func_call_bulk(func, count, args, args_len, results, results_len)
    return ccall(
        FUNCTIONS.safewasm_func_call_bulk,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_func_t}, Csize_t, Ptr{safewasm_column_t}, Csize_t, Ptr{safewasm_column_t}, Csize_t),
        func,
        count,
        args,
        args_len,
        results,
        results_len,
    )
end

function safewasm_memory_new(store, memorytype, memory_out)
    return ccall(
        FUNCTIONS.safewasm_memory_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_memorytype_t}, Ptr{Ptr{safewasm_memory_t}}),
        store,
        memorytype,
        memory_out,
    )
end

function safewasm_memory_grow(memory, delta, previous_out)
    return ccall(
        FUNCTIONS.safewasm_memory_grow,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, UInt64, Ptr{UInt64}),
        memory,
        delta,
        previous_out,
    )
end

function safewasm_memory_type(memory, type_out)
    return ccall(
        FUNCTIONS.safewasm_memory_type,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, Ptr{safewasm_memorytype_t}),
        memory,
        type_out,
    )
end

function safewasm_memory_len(memory, len_out)
    return ccall(
        FUNCTIONS.safewasm_memory_len,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, Ptr{Csize_t}),
        memory,
        len_out,
    )
end

function safewasm_memory_read(memory, address, data, len)
    return ccall(
        FUNCTIONS.safewasm_memory_read,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, UInt64, Ptr{UInt8}, Csize_t),
        memory,
        address,
        data,
        len,
    )
end

function safewasm_memory_write(memory, address, data, len)
    return ccall(
        FUNCTIONS.safewasm_memory_write,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, UInt64, Ptr{UInt8}, Csize_t),
        memory,
        address,
        data,
        len,
    )
end

function safewasm_memory_is_valid(memory)
    return ccall(
        FUNCTIONS.safewasm_memory_is_valid,
        Bool,
        (Ptr{safewasm_memory_t},),
        memory,
    )
end

function safewasm_memory_delete(memory)
    return ccall(
        FUNCTIONS.safewasm_memory_delete,
        Cvoid,
        (Ptr{safewasm_memory_t},),
        memory,
    )
end

function safewasm_memory_view(memory, view_out, cell_out)
    return ccall(
        FUNCTIONS.safewasm_memory_view,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, Ptr{Ptr{safewasm_view_t}}, Ptr{Ptr{safewasm_cell_t}}),
        memory,
        view_out,
        cell_out,
    )
end

function safewasm_view_is_valid(view)
    return ccall(
        FUNCTIONS.safewasm_view_is_valid,
        Bool,
        (Ptr{safewasm_view_t},),
        view,
    )
end

function safewasm_view_delete(view)
    return ccall(
        FUNCTIONS.safewasm_view_delete,
        Cvoid,
        (Ptr{safewasm_view_t},),
        view,
    )
end

function safewasm_global_new(store, globaltype, initial, global_out)
    return ccall(
        FUNCTIONS.safewasm_global_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_globaltype_t}, Ptr{safewasm_val_t}, Ptr{Ptr{safewasm_global_t}}),
        store,
        globaltype,
        initial,
        global_out,
    )
end

function safewasm_global_type(global_, type_out)
    return ccall(
        FUNCTIONS.safewasm_global_type,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_global_t}, Ptr{safewasm_globaltype_t}),
        global_,
        type_out,
    )
end

function safewasm_global_get(global_, value_out)
    return ccall(
        FUNCTIONS.safewasm_global_get,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_global_t}, Ptr{safewasm_val_t}),
        global_,
        value_out,
    )
end

function safewasm_global_set(global_, value)
    return ccall(
        FUNCTIONS.safewasm_global_set,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_global_t}, Ptr{safewasm_val_t}),
        global_,
        value,
    )
end

function safewasm_global_is_valid(global_)
    return ccall(
        FUNCTIONS.safewasm_global_is_valid,
        Bool,
        (Ptr{safewasm_global_t},),
        global_,
    )
end

function safewasm_global_delete(global_)
    return ccall(
        FUNCTIONS.safewasm_global_delete,
        Cvoid,
        (Ptr{safewasm_global_t},),
        global_,
    )
end

function safewasm_table_new(store, tabletype, initial, table_out)
    return ccall(
        FUNCTIONS.safewasm_table_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_tabletype_t}, Ptr{safewasm_val_t}, Ptr{Ptr{safewasm_table_t}}),
        store,
        tabletype,
        initial,
        table_out,
    )
end

function safewasm_table_type(table, type_out)
    return ccall(
        FUNCTIONS.safewasm_table_type,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, Ptr{safewasm_tabletype_t}),
        table,
        type_out,
    )
end

function safewasm_table_size(table, size_out)
    return ccall(
        FUNCTIONS.safewasm_table_size,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, Ptr{UInt64}),
        table,
        size_out,
    )
end

function safewasm_table_get(table, index, value_out)
    return ccall(
        FUNCTIONS.safewasm_table_get,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, UInt64, Ptr{safewasm_val_t}),
        table,
        index,
        value_out,
    )
end

function safewasm_table_set(table, index, value)
    return ccall(
        FUNCTIONS.safewasm_table_set,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, UInt64, Ptr{safewasm_val_t}),
        table,
        index,
        value,
    )
end

function safewasm_table_grow(table, delta, initial, previous_out)
    return ccall(
        FUNCTIONS.safewasm_table_grow,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, UInt64, Ptr{safewasm_val_t}, Ptr{UInt64}),
        table,
        delta,
        initial,
        previous_out,
    )
end

function safewasm_table_fill(table, start, len, value)
    return ccall(
        FUNCTIONS.safewasm_table_fill,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, UInt64, UInt64, Ptr{safewasm_val_t}),
        table,
        start,
        len,
        value,
    )
end

function safewasm_table_copy(table, start, from, from_start, len)
    return ccall(
        FUNCTIONS.safewasm_table_copy,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, UInt64, Ptr{safewasm_table_t}, UInt64, UInt64),
        table,
        start,
        from,
        from_start,
        len,
    )
end

function safewasm_table_is_valid(table)
    return ccall(
        FUNCTIONS.safewasm_table_is_valid,
        Bool,
        (Ptr{safewasm_table_t},),
        table,
    )
end

function safewasm_table_delete(table)
    return ccall(
        FUNCTIONS.safewasm_table_delete,
        Cvoid,
        (Ptr{safewasm_table_t},),
        table,
    )
end

function safewasm_tag_new(store, functype, tag_out)
    return ccall(
        FUNCTIONS.safewasm_tag_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_functype_t}, Ptr{Ptr{safewasm_tag_t}}),
        store,
        functype,
        tag_out,
    )
end

function safewasm_tag_type(tag, functype_out)
    return ccall(
        FUNCTIONS.safewasm_tag_type,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_tag_t}, Ptr{Ptr{safewasm_functype_t}}),
        tag,
        functype_out,
    )
end

function safewasm_tag_same(tag, other, same_out)
    return ccall(
        FUNCTIONS.safewasm_tag_same,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_tag_t}, Ptr{safewasm_tag_t}, Ptr{UInt32}),
        tag,
        other,
        same_out,
    )
end

function safewasm_tag_is_valid(tag)
    return ccall(
        FUNCTIONS.safewasm_tag_is_valid,
        Bool,
        (Ptr{safewasm_tag_t},),
        tag,
    )
end

function safewasm_tag_delete(tag)
    return ccall(
        FUNCTIONS.safewasm_tag_delete,
        Cvoid,
        (Ptr{safewasm_tag_t},),
        tag,
    )
end

function safewasm_ref_new_extern(store, env, finalizer, ref_out)
    return ccall(
        FUNCTIONS.safewasm_ref_new_extern,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_ref_t}}),
        store,
        env,
        finalizer,
        ref_out,
    )
end

function safewasm_ref_env(reference, env_out)
    return ccall(
        FUNCTIONS.safewasm_ref_env,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{Ptr{Cvoid}}),
        reference,
        env_out,
    )
end

function safewasm_ref_new_i31(store, value, ref_out)
    return ccall(
        FUNCTIONS.safewasm_ref_new_i31,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt32, Ptr{Ptr{safewasm_ref_t}}),
        store,
        value,
        ref_out,
    )
end

function safewasm_ref_i31(reference, value_out)
    return ccall(
        FUNCTIONS.safewasm_ref_i31,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{UInt32}),
        reference,
        value_out,
    )
end

function safewasm_ref_new_exception(tag, fields, fields_len, ref_out)
    return ccall(
        FUNCTIONS.safewasm_ref_new_exception,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_tag_t}, Ptr{safewasm_val_t}, Csize_t, Ptr{Ptr{safewasm_ref_t}}),
        tag,
        fields,
        fields_len,
        ref_out,
    )
end

function safewasm_ref_tag(reference, tag_out)
    return ccall(
        FUNCTIONS.safewasm_ref_tag,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{Ptr{safewasm_tag_t}}),
        reference,
        tag_out,
    )
end

function safewasm_ref_fields_len(reference, len_out)
    return ccall(
        FUNCTIONS.safewasm_ref_fields_len,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{Csize_t}),
        reference,
        len_out,
    )
end

function safewasm_ref_field(reference, index, value_out)
    return ccall(
        FUNCTIONS.safewasm_ref_field,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Csize_t, Ptr{safewasm_val_t}),
        reference,
        index,
        value_out,
    )
end

function safewasm_ref_type(reference, type_out)
    return ccall(
        FUNCTIONS.safewasm_ref_type,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{safewasm_valtype_t}),
        reference,
        type_out,
    )
end

function safewasm_ref_same(reference, other, same_out)
    return ccall(
        FUNCTIONS.safewasm_ref_same,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{safewasm_ref_t}, Ptr{UInt32}),
        reference,
        other,
        same_out,
    )
end

function safewasm_ref_clone(reference, ref_out)
    return ccall(
        FUNCTIONS.safewasm_ref_clone,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{Ptr{safewasm_ref_t}}),
        reference,
        ref_out,
    )
end

function safewasm_ref_is_valid(reference)
    return ccall(
        FUNCTIONS.safewasm_ref_is_valid,
        Bool,
        (Ptr{safewasm_ref_t},),
        reference,
    )
end

function safewasm_ref_delete(reference)
    return ccall(
        FUNCTIONS.safewasm_ref_delete,
        Cvoid,
        (Ptr{safewasm_ref_t},),
        reference,
    )
end

function safewasm_linker_new(engine, linker_out)
    return ccall(
        FUNCTIONS.safewasm_linker_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Ptr{safewasm_linker_t}}),
        engine,
        linker_out,
    )
end

function safewasm_linker_allow_shadowing(linker, allowed)
    return ccall(
        FUNCTIONS.safewasm_linker_allow_shadowing,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Bool),
        linker,
        allowed,
    )
end

function safewasm_linker_define(linker, store, module_name, module_name_len, name, name_len, item)
    return ccall(
        FUNCTIONS.safewasm_linker_define,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_store_t}, Ptr{Cchar}, Csize_t, Ptr{Cchar}, Csize_t, Ptr{safewasm_extern_t}),
        linker,
        store,
        module_name,
        module_name_len,
        name,
        name_len,
        item,
    )
end

function safewasm_linker_define_func(linker, module_name, module_name_len, name, name_len, functype, callback, env, finalizer)
    return ccall(
        FUNCTIONS.safewasm_linker_define_func,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{Cchar}, Csize_t, Ptr{Cchar}, Csize_t, Ptr{safewasm_functype_t}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}),
        linker,
        module_name,
        module_name_len,
        name,
        name_len,
        functype,
        callback,
        env,
        finalizer,
    )
end

function safewasm_linker_define_func_slots(linker, module_name, module_name_len, name, name_len, functype, callback, env, finalizer)
    return ccall(
        FUNCTIONS.safewasm_linker_define_func_slots,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{Cchar}, Csize_t, Ptr{Cchar}, Csize_t, Ptr{safewasm_functype_t}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}),
        linker,
        module_name,
        module_name_len,
        name,
        name_len,
        functype,
        callback,
        env,
        finalizer,
    )
end

function safewasm_linker_define_instance(linker, module_name, module_name_len, instance)
    return ccall(
        FUNCTIONS.safewasm_linker_define_instance,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{Cchar}, Csize_t, Ptr{safewasm_instance_t}),
        linker,
        module_name,
        module_name_len,
        instance,
    )
end

function safewasm_linker_define_module(linker, store, module_name, module_name_len, module_)
    return ccall(
        FUNCTIONS.safewasm_linker_define_module,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_store_t}, Ptr{Cchar}, Csize_t, Ptr{safewasm_module_t}),
        linker,
        store,
        module_name,
        module_name_len,
        module_,
    )
end

function safewasm_linker_define_unknown_imports_as_traps(linker, module_)
    return ccall(
        FUNCTIONS.safewasm_linker_define_unknown_imports_as_traps,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_module_t}),
        linker,
        module_,
    )
end

function safewasm_linker_define_unknown_imports_as_default_values(linker, store, module_)
    return ccall(
        FUNCTIONS.safewasm_linker_define_unknown_imports_as_default_values,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_store_t}, Ptr{safewasm_module_t}),
        linker,
        store,
        module_,
    )
end

function safewasm_linker_instantiate(linker, store, module_, instance_out)
    return ccall(
        FUNCTIONS.safewasm_linker_instantiate,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_store_t}, Ptr{safewasm_module_t}, Ptr{Ptr{safewasm_instance_t}}),
        linker,
        store,
        module_,
        instance_out,
    )
end

function safewasm_linker_instantiate_pre(linker, module_, instancepre_out)
    return ccall(
        FUNCTIONS.safewasm_linker_instantiate_pre,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_module_t}, Ptr{Ptr{safewasm_instancepre_t}}),
        linker,
        module_,
        instancepre_out,
    )
end

function safewasm_linker_get(linker, store, module_name, module_name_len, name, name_len, item_out)
    return ccall(
        FUNCTIONS.safewasm_linker_get,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_store_t}, Ptr{Cchar}, Csize_t, Ptr{Cchar}, Csize_t, Ptr{safewasm_extern_t}),
        linker,
        store,
        module_name,
        module_name_len,
        name,
        name_len,
        item_out,
    )
end

function safewasm_linker_len(linker, len_out)
    return ccall(
        FUNCTIONS.safewasm_linker_len,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{Csize_t}),
        linker,
        len_out,
    )
end

function safewasm_linker_definition(linker, index, module_name_out, name_out, type_out)
    return ccall(
        FUNCTIONS.safewasm_linker_definition,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Csize_t, Ptr{safewasm_text_t}, Ptr{safewasm_text_t}, Ptr{Ptr{safewasm_externtype_t}}),
        linker,
        index,
        module_name_out,
        name_out,
        type_out,
    )
end

function safewasm_linker_is_valid(linker)
    return ccall(
        FUNCTIONS.safewasm_linker_is_valid,
        Bool,
        (Ptr{safewasm_linker_t},),
        linker,
    )
end

function safewasm_linker_delete(linker)
    return ccall(
        FUNCTIONS.safewasm_linker_delete,
        Cvoid,
        (Ptr{safewasm_linker_t},),
        linker,
    )
end

function safewasm_instancepre_instantiate(instancepre, store, instance_out)
    return ccall(
        FUNCTIONS.safewasm_instancepre_instantiate,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instancepre_t}, Ptr{safewasm_store_t}, Ptr{Ptr{safewasm_instance_t}}),
        instancepre,
        store,
        instance_out,
    )
end

function safewasm_instancepre_is_valid(instancepre)
    return ccall(
        FUNCTIONS.safewasm_instancepre_is_valid,
        Bool,
        (Ptr{safewasm_instancepre_t},),
        instancepre,
    )
end

function safewasm_instancepre_delete(instancepre)
    return ccall(
        FUNCTIONS.safewasm_instancepre_delete,
        Cvoid,
        (Ptr{safewasm_instancepre_t},),
        instancepre,
    )
end

function safewasm_sharedmemory_new(engine, memorytype, sharedmemory_out)
    return ccall(
        FUNCTIONS.safewasm_sharedmemory_new,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{safewasm_memorytype_t}, Ptr{Ptr{safewasm_sharedmemory_t}}),
        engine,
        memorytype,
        sharedmemory_out,
    )
end

function safewasm_sharedmemory_type(sharedmemory, type_out)
    return ccall(
        FUNCTIONS.safewasm_sharedmemory_type,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_sharedmemory_t}, Ptr{safewasm_memorytype_t}),
        sharedmemory,
        type_out,
    )
end

function safewasm_sharedmemory_data(sharedmemory, data_out, len_out)
    return ccall(
        FUNCTIONS.safewasm_sharedmemory_data,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_sharedmemory_t}, Ptr{Ptr{UInt8}}, Ptr{Csize_t}),
        sharedmemory,
        data_out,
        len_out,
    )
end

function safewasm_sharedmemory_grow(sharedmemory, delta, previous_out)
    return ccall(
        FUNCTIONS.safewasm_sharedmemory_grow,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_sharedmemory_t}, UInt64, Ptr{UInt64}),
        sharedmemory,
        delta,
        previous_out,
    )
end

function safewasm_sharedmemory_read(sharedmemory, address, data, len)
    return ccall(
        FUNCTIONS.safewasm_sharedmemory_read,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_sharedmemory_t}, UInt64, Ptr{UInt8}, Csize_t),
        sharedmemory,
        address,
        data,
        len,
    )
end

function safewasm_sharedmemory_write(sharedmemory, address, data, len)
    return ccall(
        FUNCTIONS.safewasm_sharedmemory_write,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_sharedmemory_t}, UInt64, Ptr{UInt8}, Csize_t),
        sharedmemory,
        address,
        data,
        len,
    )
end

function safewasm_sharedmemory_is_valid(sharedmemory)
    return ccall(
        FUNCTIONS.safewasm_sharedmemory_is_valid,
        Bool,
        (Ptr{safewasm_sharedmemory_t},),
        sharedmemory,
    )
end

function safewasm_sharedmemory_delete(sharedmemory)
    return ccall(
        FUNCTIONS.safewasm_sharedmemory_delete,
        Cvoid,
        (Ptr{safewasm_sharedmemory_t},),
        sharedmemory,
    )
end

function safewasm_release_later(env)
    return ccall(
        FUNCTIONS.safewasm_release_later,
        Cvoid,
        (Ptr{Cvoid},),
        env,
    )
end

function safewasm_config_set_hooks(config, hooks)
    return ccall(
        FUNCTIONS.safewasm_config_set_hooks,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Ptr{safewasm_hooks_t}),
        config,
        hooks,
    )
end

function safewasm_provoke_panic(store)
    return ccall(
        FUNCTIONS.safewasm_provoke_panic,
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t},),
        store,
    )
end

function safewasm_version()
    return ccall(
        FUNCTIONS.safewasm_version,
        Ptr{Cchar},
        (),
    )
end

function safewasm_abi_version()
    return ccall(
        FUNCTIONS.safewasm_abi_version,
        UInt32,
        (),
    )
end

end
