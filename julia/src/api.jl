# Generated from the library's Rust source by `make header`; do not edit.

"""
The C functions of the library, one to one, and the structs and constants that they use.

Handles are `Ptr`s here, nothing is preserved or deleted by itself, and errors are returned, not
thrown. The docstrings are the descriptions in `include/safewasm.h`.
"""
module API

const SAFEWASM_ABI_VERSION = 0
const SAFEWASM_STRLEN = typemax(Csize_t)

mutable struct safewasm_config_t end
mutable struct safewasm_engine_t end
mutable struct safewasm_store_t end
mutable struct safewasm_module_t end
mutable struct safewasm_component_t end
mutable struct safewasm_wittype_t end
mutable struct safewasm_componentlinker_t end
mutable struct safewasm_componentinstancepre_t end
mutable struct safewasm_resourcetype_t end
mutable struct safewasm_values_t end
mutable struct safewasm_compilation_t end
mutable struct safewasm_error_t end
mutable struct safewasm_bytes_t end
mutable struct safewasm_functype_t end
mutable struct safewasm_externtype_t end
mutable struct safewasm_heaptype_t end
mutable struct safewasm_view_t end
mutable struct safewasm_linker_t end
mutable struct safewasm_instancepre_t end
mutable struct safewasm_sharedmemory_t end
mutable struct safewasm_wasi_t end
mutable struct safewasm_buffer_t end
mutable struct safewasm_process_t end
mutable struct safewasm_profile_t end
mutable struct safewasm_instance_t end
mutable struct safewasm_func_t end
mutable struct safewasm_memory_t end
mutable struct safewasm_table_t end
mutable struct safewasm_global_t end
mutable struct safewasm_tag_t end
mutable struct safewasm_ref_t end
mutable struct safewasm_componentinstance_t end
mutable struct safewasm_componentfunc_t end
mutable struct safewasm_resource_t end
mutable struct safewasm_caller_t end

# safewasm_content_t
const SAFEWASM_CONTENT_UNKNOWN = 0x00000000
const SAFEWASM_CONTENT_MODULE = 0x00000001
const SAFEWASM_CONTENT_TEXT = 0x00000002
const SAFEWASM_CONTENT_COMPONENT = 0x00000003
const SAFEWASM_CONTENT_ARTIFACT = 0x00000004
const SAFEWASM_CONTENT_COMPONENT_ARTIFACT = 0x00000005

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

# safewasm_strategy_t
const SAFEWASM_STRATEGY_CRANELIFT = 0x00000000
const SAFEWASM_STRATEGY_WINCH = 0x00000001

# safewasm_collector_t
const SAFEWASM_COLLECTOR_DRC = 0x00000000
const SAFEWASM_COLLECTOR_NULL = 0x00000001
const SAFEWASM_COLLECTOR_COPYING = 0x00000002

# safewasm_profiling_t
const SAFEWASM_PROFILING_NONE = 0x00000000
const SAFEWASM_PROFILING_PERF_MAP = 0x00000001
const SAFEWASM_PROFILING_JIT_DUMP = 0x00000002

# safewasm_option_t
const SAFEWASM_OPTION_DETERMINISTIC = 0x00000000
const SAFEWASM_OPTION_NAN_CANONICALIZATION = 0x00000001
const SAFEWASM_OPTION_RELAXED_SIMD_DETERMINISTIC = 0x00000002
const SAFEWASM_OPTION_STRATEGY = 0x00000003
const SAFEWASM_OPTION_CPU_LEVEL = 0x00000004
const SAFEWASM_OPTION_INLINING = 0x00000005
const SAFEWASM_OPTION_SINGLE_PASS_REGALLOC = 0x00000006
const SAFEWASM_OPTION_PARALLEL_COMPILATION = 0x00000007
const SAFEWASM_OPTION_DEBUG_VERIFIER = 0x00000008
const SAFEWASM_OPTION_BRANCH_HINTING = 0x00000009
const SAFEWASM_OPTION_NATIVE_UNWIND_INFO = 0x0000000a
const SAFEWASM_OPTION_DEBUG_SYMBOLS = 0x0000000b
const SAFEWASM_OPTION_ADDRESS_MAP = 0x0000000c
const SAFEWASM_OPTION_BACKTRACE_FRAMES = 0x0000000d
const SAFEWASM_OPTION_MEMORY_RESERVATION = 0x0000000e
const SAFEWASM_OPTION_MEMORY_GUARD_SIZE = 0x0000000f
const SAFEWASM_OPTION_MEMORY_RESERVATION_FOR_GROWTH = 0x00000010
const SAFEWASM_OPTION_MEMORY_MAY_MOVE = 0x00000011
const SAFEWASM_OPTION_GUARD_BEFORE_MEMORY = 0x00000012
const SAFEWASM_OPTION_MEMORY_INIT_COW = 0x00000013
const SAFEWASM_OPTION_MEMORY_IMAGE_SIZE = 0x00000014
const SAFEWASM_OPTION_TABLE_LAZY_INIT = 0x00000015
const SAFEWASM_OPTION_COLLECTOR = 0x00000016
const SAFEWASM_OPTION_GC_HEAP_INITIAL_SIZE = 0x00000017
const SAFEWASM_OPTION_GC_HEAP_RESERVATION = 0x00000018
const SAFEWASM_OPTION_GC_HEAP_GUARD_SIZE = 0x00000019
const SAFEWASM_OPTION_GC_HEAP_RESERVATION_FOR_GROWTH = 0x0000001a
const SAFEWASM_OPTION_GC_HEAP_MAY_MOVE = 0x0000001b
const SAFEWASM_OPTION_COREDUMP_SIZE = 0x0000001c
const SAFEWASM_OPTION_PROFILING_STRATEGY = 0x0000001d

# safewasm_opt_level_t
const SAFEWASM_OPT_LEVEL_NONE = 0x00000000
const SAFEWASM_OPT_LEVEL_SPEED = 0x00000001
const SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE = 0x00000002

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
const SAFEWASM_ERROR_EXIT = Cint(24)
const SAFEWASM_ERROR_INCOMPATIBLE = Cint(25)
const SAFEWASM_ERROR_INVALID_ARTIFACT = Cint(26)
const SAFEWASM_ERROR_COMPONENTS_ENDED = Cint(27)

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

# safewasm_witkind_t
const SAFEWASM_WIT_NONE = 0x00
const SAFEWASM_WIT_BOOL = 0x01
const SAFEWASM_WIT_S8 = 0x02
const SAFEWASM_WIT_U8 = 0x03
const SAFEWASM_WIT_S16 = 0x04
const SAFEWASM_WIT_U16 = 0x05
const SAFEWASM_WIT_S32 = 0x06
const SAFEWASM_WIT_U32 = 0x07
const SAFEWASM_WIT_S64 = 0x08
const SAFEWASM_WIT_U64 = 0x09
const SAFEWASM_WIT_F32 = 0x0a
const SAFEWASM_WIT_F64 = 0x0b
const SAFEWASM_WIT_CHAR = 0x0c
const SAFEWASM_WIT_STRING = 0x0d
const SAFEWASM_WIT_LIST = 0x0e
const SAFEWASM_WIT_RECORD = 0x0f
const SAFEWASM_WIT_TUPLE = 0x10
const SAFEWASM_WIT_VARIANT = 0x11
const SAFEWASM_WIT_ENUM = 0x12
const SAFEWASM_WIT_OPTION = 0x13
const SAFEWASM_WIT_RESULT = 0x14
const SAFEWASM_WIT_FLAGS = 0x15
const SAFEWASM_WIT_OWN = 0x16
const SAFEWASM_WIT_BORROW = 0x17
const SAFEWASM_WIT_FUNC = 0x18
const SAFEWASM_WIT_RESOURCE = 0x19
const SAFEWASM_WIT_INTERFACE = 0x1a
const SAFEWASM_WIT_COMPONENT = 0x1b
const SAFEWASM_WIT_MODULE = 0x1c
const SAFEWASM_WIT_UNSUPPORTED = 0x1d

# safewasm_wasi_stream_t
const SAFEWASM_WASI_STDIN = Cint(0)
const SAFEWASM_WASI_STDOUT = Cint(1)
const SAFEWASM_WASI_STDERR = Cint(2)

# From names to values, for each enumeration.
const SAFEWASM_CONTENT_NAMES = Dict(
    SAFEWASM_CONTENT_UNKNOWN => :unknown,
    SAFEWASM_CONTENT_MODULE => :module,
    SAFEWASM_CONTENT_TEXT => :text,
    SAFEWASM_CONTENT_COMPONENT => :component,
    SAFEWASM_CONTENT_ARTIFACT => :artifact,
    SAFEWASM_CONTENT_COMPONENT_ARTIFACT => :component_artifact,
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
const SAFEWASM_STRATEGY_NAMES = Dict(
    SAFEWASM_STRATEGY_CRANELIFT => :cranelift,
    SAFEWASM_STRATEGY_WINCH => :winch,
)
const SAFEWASM_COLLECTOR_NAMES = Dict(
    SAFEWASM_COLLECTOR_DRC => :drc,
    SAFEWASM_COLLECTOR_NULL => :null,
    SAFEWASM_COLLECTOR_COPYING => :copying,
)
const SAFEWASM_PROFILING_NAMES = Dict(
    SAFEWASM_PROFILING_NONE => :none,
    SAFEWASM_PROFILING_PERF_MAP => :perf_map,
    SAFEWASM_PROFILING_JIT_DUMP => :jit_dump,
)
const SAFEWASM_OPTION_NAMES = Dict(
    SAFEWASM_OPTION_DETERMINISTIC => :deterministic,
    SAFEWASM_OPTION_NAN_CANONICALIZATION => :nan_canonicalization,
    SAFEWASM_OPTION_RELAXED_SIMD_DETERMINISTIC => :relaxed_simd_deterministic,
    SAFEWASM_OPTION_STRATEGY => :strategy,
    SAFEWASM_OPTION_CPU_LEVEL => :cpu_level,
    SAFEWASM_OPTION_INLINING => :inlining,
    SAFEWASM_OPTION_SINGLE_PASS_REGALLOC => :single_pass_regalloc,
    SAFEWASM_OPTION_PARALLEL_COMPILATION => :parallel_compilation,
    SAFEWASM_OPTION_DEBUG_VERIFIER => :debug_verifier,
    SAFEWASM_OPTION_BRANCH_HINTING => :branch_hinting,
    SAFEWASM_OPTION_NATIVE_UNWIND_INFO => :native_unwind_info,
    SAFEWASM_OPTION_DEBUG_SYMBOLS => :debug_symbols,
    SAFEWASM_OPTION_ADDRESS_MAP => :address_map,
    SAFEWASM_OPTION_BACKTRACE_FRAMES => :backtrace_frames,
    SAFEWASM_OPTION_MEMORY_RESERVATION => :memory_reservation,
    SAFEWASM_OPTION_MEMORY_GUARD_SIZE => :memory_guard_size,
    SAFEWASM_OPTION_MEMORY_RESERVATION_FOR_GROWTH => :memory_reservation_for_growth,
    SAFEWASM_OPTION_MEMORY_MAY_MOVE => :memory_may_move,
    SAFEWASM_OPTION_GUARD_BEFORE_MEMORY => :guard_before_memory,
    SAFEWASM_OPTION_MEMORY_INIT_COW => :memory_init_cow,
    SAFEWASM_OPTION_MEMORY_IMAGE_SIZE => :memory_image_size,
    SAFEWASM_OPTION_TABLE_LAZY_INIT => :table_lazy_init,
    SAFEWASM_OPTION_COLLECTOR => :collector,
    SAFEWASM_OPTION_GC_HEAP_INITIAL_SIZE => :gc_heap_initial_size,
    SAFEWASM_OPTION_GC_HEAP_RESERVATION => :gc_heap_reservation,
    SAFEWASM_OPTION_GC_HEAP_GUARD_SIZE => :gc_heap_guard_size,
    SAFEWASM_OPTION_GC_HEAP_RESERVATION_FOR_GROWTH => :gc_heap_reservation_for_growth,
    SAFEWASM_OPTION_GC_HEAP_MAY_MOVE => :gc_heap_may_move,
    SAFEWASM_OPTION_COREDUMP_SIZE => :coredump_size,
    SAFEWASM_OPTION_PROFILING_STRATEGY => :profiling_strategy,
)
const SAFEWASM_OPT_LEVEL_NAMES = Dict(
    SAFEWASM_OPT_LEVEL_NONE => :none,
    SAFEWASM_OPT_LEVEL_SPEED => :speed,
    SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE => :speed_and_size,
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
    SAFEWASM_ERROR_EXIT => :exit,
    SAFEWASM_ERROR_INCOMPATIBLE => :incompatible,
    SAFEWASM_ERROR_INVALID_ARTIFACT => :invalid_artifact,
    SAFEWASM_ERROR_COMPONENTS_ENDED => :components_ended,
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
const SAFEWASM_WIT_NAMES = Dict(
    SAFEWASM_WIT_NONE => :none,
    SAFEWASM_WIT_BOOL => :bool,
    SAFEWASM_WIT_S8 => :s8,
    SAFEWASM_WIT_U8 => :u8,
    SAFEWASM_WIT_S16 => :s16,
    SAFEWASM_WIT_U16 => :u16,
    SAFEWASM_WIT_S32 => :s32,
    SAFEWASM_WIT_U32 => :u32,
    SAFEWASM_WIT_S64 => :s64,
    SAFEWASM_WIT_U64 => :u64,
    SAFEWASM_WIT_F32 => :f32,
    SAFEWASM_WIT_F64 => :f64,
    SAFEWASM_WIT_CHAR => :char,
    SAFEWASM_WIT_STRING => :string,
    SAFEWASM_WIT_LIST => :list,
    SAFEWASM_WIT_RECORD => :record,
    SAFEWASM_WIT_TUPLE => :tuple,
    SAFEWASM_WIT_VARIANT => :variant,
    SAFEWASM_WIT_ENUM => :enum,
    SAFEWASM_WIT_OPTION => :option,
    SAFEWASM_WIT_RESULT => :result,
    SAFEWASM_WIT_FLAGS => :flags,
    SAFEWASM_WIT_OWN => :own,
    SAFEWASM_WIT_BORROW => :borrow,
    SAFEWASM_WIT_FUNC => :func,
    SAFEWASM_WIT_RESOURCE => :resource,
    SAFEWASM_WIT_INTERFACE => :interface,
    SAFEWASM_WIT_COMPONENT => :component,
    SAFEWASM_WIT_MODULE => :module,
    SAFEWASM_WIT_UNSUPPORTED => :unsupported,
)
const SAFEWASM_WASI_NAMES = Dict(
    SAFEWASM_WASI_STDIN => :stdin,
    SAFEWASM_WASI_STDOUT => :stdout,
    SAFEWASM_WASI_STDERR => :stderr,
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

struct safewasm_nodevalue_t
    data::NTuple{1,UInt64}
end

struct safewasm_node_t
    kind::UInt8
    index::UInt32
    len::Csize_t
    of::safewasm_nodevalue_t
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
    table_keep_resident::Csize_t
    decommit_batch_size::Csize_t
    total_gc_heaps::UInt32
    max_unused_warm_slots::UInt32
    pagemap_scan::UInt32
end

struct safewasm_sandbox_t
    timeout::UInt64
    fuel::UInt64
    memory_limit::UInt64
    table_limit::UInt64
    instance_limit::UInt64
    max_module_size::Csize_t
    max_module_functions::Csize_t
    written_limit::UInt64
    output_limit::UInt64
    open_limit::UInt32
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

struct safewasm_sample_t
    time::UInt64
    weight::UInt64
    stack::Csize_t
    stack_len::Csize_t
end

struct safewasm_profile_data_t
    frames::Ptr{safewasm_frame_t}
    frames_len::Csize_t
    stacks::Ptr{UInt32}
    stacks_len::Csize_t
    samples::Ptr{safewasm_sample_t}
    samples_len::Csize_t
    interval::UInt64
    duration::UInt64
    dropped::UInt64
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

struct safewasm_fieldtype_t
    content::safewasm_valtype_t
    packed_bits::UInt8
    is_mutable::Bool
end

struct safewasm_slot_t
    data::NTuple{2,UInt64}
end

struct safewasm_val_t
    kind::UInt8
    of::safewasm_slot_t
end

struct safewasm_witnode_t
    kind::UInt8
    index::UInt32
    len::Csize_t
    size::Csize_t
    name::safewasm_text_t
    resource::safewasm_text_t
end

# The functions' addresses, which are NULL until the library is opened.
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
    safewasm_error_coredump::Ptr{Cvoid}
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
    safewasm_heaptype_new_text::Ptr{Cvoid}
    safewasm_heaptype_of_param::Ptr{Cvoid}
    safewasm_heaptype_of_result::Ptr{Cvoid}
    safewasm_heaptype_of_extern::Ptr{Cvoid}
    safewasm_heaptype_of_ref::Ptr{Cvoid}
    safewasm_heaptype_of_field::Ptr{Cvoid}
    safewasm_heaptype_kind::Ptr{Cvoid}
    safewasm_heaptype_fields_len::Ptr{Cvoid}
    safewasm_heaptype_field::Ptr{Cvoid}
    safewasm_heaptype_text::Ptr{Cvoid}
    safewasm_heaptype_is_valid::Ptr{Cvoid}
    safewasm_heaptype_delete::Ptr{Cvoid}
    safewasm_config_new::Ptr{Cvoid}
    safewasm_config_set_opt_level::Ptr{Cvoid}
    safewasm_config_set_debug_info::Ptr{Cvoid}
    safewasm_config_set_backtrace_lines::Ptr{Cvoid}
    safewasm_config_set_signals_based_traps::Ptr{Cvoid}
    safewasm_config_set_feature::Ptr{Cvoid}
    safewasm_config_set_option::Ptr{Cvoid}
    safewasm_config_set_shared_memory::Ptr{Cvoid}
    safewasm_config_set_max_wasm_stack::Ptr{Cvoid}
    safewasm_config_set_max_module_size::Ptr{Cvoid}
    safewasm_config_set_max_module_functions::Ptr{Cvoid}
    safewasm_config_set_cache::Ptr{Cvoid}
    safewasm_config_set_consume_fuel::Ptr{Cvoid}
    safewasm_config_set_operator_cost::Ptr{Cvoid}
    safewasm_config_set_epoch_interruption::Ptr{Cvoid}
    safewasm_config_set_pooling::Ptr{Cvoid}
    safewasm_config_is_valid::Ptr{Cvoid}
    safewasm_config_delete::Ptr{Cvoid}
    safewasm_engine_new::Ptr{Cvoid}
    safewasm_engine_is_valid::Ptr{Cvoid}
    safewasm_engine_cache_counts::Ptr{Cvoid}
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
    safewasm_module_clone::Ptr{Cvoid}
    safewasm_module_is_valid::Ptr{Cvoid}
    safewasm_module_delete::Ptr{Cvoid}
    safewasm_compilation_new::Ptr{Cvoid}
    safewasm_compilation_wait::Ptr{Cvoid}
    safewasm_compilation_progress::Ptr{Cvoid}
    safewasm_compilation_module::Ptr{Cvoid}
    safewasm_compilation_component::Ptr{Cvoid}
    safewasm_compilation_is_valid::Ptr{Cvoid}
    safewasm_compilation_delete::Ptr{Cvoid}
    safewasm_module_new_with_progress::Ptr{Cvoid}
    safewasm_component_new_with_progress::Ptr{Cvoid}
    safewasm_module_serialize::Ptr{Cvoid}
    safewasm_module_precompile::Ptr{Cvoid}
    safewasm_module_deserialize::Ptr{Cvoid}
    safewasm_module_deserialize_file::Ptr{Cvoid}
    safewasm_module_wasm::Ptr{Cvoid}
    safewasm_artifact_wasm::Ptr{Cvoid}
    safewasm_detect::Ptr{Cvoid}
    safewasm_bytes_data::Ptr{Cvoid}
    safewasm_bytes_is_valid::Ptr{Cvoid}
    safewasm_bytes_delete::Ptr{Cvoid}
    safewasm_wat2wasm::Ptr{Cvoid}
    safewasm_component_new::Ptr{Cvoid}
    safewasm_component_new_text::Ptr{Cvoid}
    safewasm_component_new_file::Ptr{Cvoid}
    safewasm_component_serialize::Ptr{Cvoid}
    safewasm_component_precompile::Ptr{Cvoid}
    safewasm_component_deserialize::Ptr{Cvoid}
    safewasm_component_deserialize_file::Ptr{Cvoid}
    safewasm_component_wasm::Ptr{Cvoid}
    safewasm_component_wit::Ptr{Cvoid}
    safewasm_component_imports_len::Ptr{Cvoid}
    safewasm_component_import::Ptr{Cvoid}
    safewasm_component_exports_len::Ptr{Cvoid}
    safewasm_component_export::Ptr{Cvoid}
    safewasm_component_clone::Ptr{Cvoid}
    safewasm_component_is_valid::Ptr{Cvoid}
    safewasm_component_delete::Ptr{Cvoid}
    safewasm_wittype_nodes::Ptr{Cvoid}
    safewasm_wittype_items_len::Ptr{Cvoid}
    safewasm_wittype_item::Ptr{Cvoid}
    safewasm_wittype_text::Ptr{Cvoid}
    safewasm_wittype_is_valid::Ptr{Cvoid}
    safewasm_wittype_delete::Ptr{Cvoid}
    safewasm_store_new::Ptr{Cvoid}
    safewasm_store_engine::Ptr{Cvoid}
    safewasm_store_set_data::Ptr{Cvoid}
    safewasm_store_data::Ptr{Cvoid}
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
    safewasm_store_profile_start::Ptr{Cvoid}
    safewasm_store_profile_stop::Ptr{Cvoid}
    safewasm_profile_data::Ptr{Cvoid}
    safewasm_profile_firefox::Ptr{Cvoid}
    safewasm_profile_collapsed::Ptr{Cvoid}
    safewasm_profile_is_valid::Ptr{Cvoid}
    safewasm_profile_delete::Ptr{Cvoid}
    safewasm_config_set_sandbox::Ptr{Cvoid}
    safewasm_store_set_sandbox::Ptr{Cvoid}
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
    safewasm_caller_data::Ptr{Cvoid}
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
    safewasm_ref_new_struct::Ptr{Cvoid}
    safewasm_ref_new_array::Ptr{Cvoid}
    safewasm_ref_new_array_filled::Ptr{Cvoid}
    safewasm_ref_tag::Ptr{Cvoid}
    safewasm_ref_fields_len::Ptr{Cvoid}
    safewasm_ref_field::Ptr{Cvoid}
    safewasm_ref_field_type::Ptr{Cvoid}
    safewasm_ref_set_field::Ptr{Cvoid}
    safewasm_ref_type::Ptr{Cvoid}
    safewasm_ref_same::Ptr{Cvoid}
    safewasm_ref_clone::Ptr{Cvoid}
    safewasm_ref_is_valid::Ptr{Cvoid}
    safewasm_ref_delete::Ptr{Cvoid}
    safewasm_resourcetype_new::Ptr{Cvoid}
    safewasm_resourcetype_is_valid::Ptr{Cvoid}
    safewasm_resourcetype_delete::Ptr{Cvoid}
    safewasm_resource_new::Ptr{Cvoid}
    safewasm_resource_data::Ptr{Cvoid}
    safewasm_resource_is_owned::Ptr{Cvoid}
    safewasm_resource_drop::Ptr{Cvoid}
    safewasm_resource_is_valid::Ptr{Cvoid}
    safewasm_resource_delete::Ptr{Cvoid}
    safewasm_componentinstance_new::Ptr{Cvoid}
    safewasm_componentinstance_func::Ptr{Cvoid}
    safewasm_componentinstance_is_valid::Ptr{Cvoid}
    safewasm_componentinstance_delete::Ptr{Cvoid}
    safewasm_componentfunc_call::Ptr{Cvoid}
    safewasm_componentfunc_call_slots::Ptr{Cvoid}
    safewasm_componentfunc_call_bulk::Ptr{Cvoid}
    safewasm_componentfunc_is_valid::Ptr{Cvoid}
    safewasm_componentfunc_delete::Ptr{Cvoid}
    safewasm_values_nodes::Ptr{Cvoid}
    safewasm_values_is_valid::Ptr{Cvoid}
    safewasm_values_delete::Ptr{Cvoid}
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
    safewasm_componentlinker_new::Ptr{Cvoid}
    safewasm_componentlinker_allow_shadowing::Ptr{Cvoid}
    safewasm_componentlinker_define_func::Ptr{Cvoid}
    safewasm_componentlinker_define_module::Ptr{Cvoid}
    safewasm_componentlinker_define_resource::Ptr{Cvoid}
    safewasm_componentlinker_define_unknown_imports_as_traps::Ptr{Cvoid}
    safewasm_caller_return::Ptr{Cvoid}
    safewasm_componentlinker_instantiate::Ptr{Cvoid}
    safewasm_componentlinker_instantiate_pre::Ptr{Cvoid}
    safewasm_componentlinker_is_valid::Ptr{Cvoid}
    safewasm_componentlinker_delete::Ptr{Cvoid}
    safewasm_componentinstancepre_instantiate::Ptr{Cvoid}
    safewasm_componentinstancepre_is_valid::Ptr{Cvoid}
    safewasm_componentinstancepre_delete::Ptr{Cvoid}
    safewasm_sharedmemory_new::Ptr{Cvoid}
    safewasm_sharedmemory_type::Ptr{Cvoid}
    safewasm_sharedmemory_data::Ptr{Cvoid}
    safewasm_sharedmemory_grow::Ptr{Cvoid}
    safewasm_sharedmemory_read::Ptr{Cvoid}
    safewasm_sharedmemory_write::Ptr{Cvoid}
    safewasm_sharedmemory_is_valid::Ptr{Cvoid}
    safewasm_sharedmemory_delete::Ptr{Cvoid}
    safewasm_wasi_new::Ptr{Cvoid}
    safewasm_wasi_add_arg::Ptr{Cvoid}
    safewasm_wasi_add_env::Ptr{Cvoid}
    safewasm_wasi_inherit_args::Ptr{Cvoid}
    safewasm_wasi_inherit_env::Ptr{Cvoid}
    safewasm_wasi_add_dir::Ptr{Cvoid}
    safewasm_wasi_set_fixed_clock::Ptr{Cvoid}
    safewasm_wasi_set_seed::Ptr{Cvoid}
    safewasm_wasi_set_open_limit::Ptr{Cvoid}
    safewasm_wasi_set_written_limit::Ptr{Cvoid}
    safewasm_wasi_set_sandbox::Ptr{Cvoid}
    safewasm_wasi_is_valid::Ptr{Cvoid}
    safewasm_wasi_delete::Ptr{Cvoid}
    safewasm_store_set_wasi::Ptr{Cvoid}
    safewasm_linker_define_wasi::Ptr{Cvoid}
    safewasm_componentlinker_define_wasi::Ptr{Cvoid}
    safewasm_componentinstance_run::Ptr{Cvoid}
    safewasm_instance_run::Ptr{Cvoid}
    safewasm_instance_initialize::Ptr{Cvoid}
    safewasm_error_exit_status::Ptr{Cvoid}
    safewasm_wasi_inherit_stream::Ptr{Cvoid}
    safewasm_wasi_set_stream_file::Ptr{Cvoid}
    safewasm_wasi_set_stream_fd::Ptr{Cvoid}
    safewasm_wasi_set_stdin_bytes::Ptr{Cvoid}
    safewasm_wasi_set_stdin_callback::Ptr{Cvoid}
    safewasm_wasi_set_stream_callback::Ptr{Cvoid}
    safewasm_wasi_set_stream_buffer::Ptr{Cvoid}
    safewasm_wasi_set_output_limit::Ptr{Cvoid}
    safewasm_buffer_new::Ptr{Cvoid}
    safewasm_buffer_take::Ptr{Cvoid}
    safewasm_buffer_len::Ptr{Cvoid}
    safewasm_buffer_is_valid::Ptr{Cvoid}
    safewasm_buffer_delete::Ptr{Cvoid}
    safewasm_process_new::Ptr{Cvoid}
    safewasm_process_wait::Ptr{Cvoid}
    safewasm_process_status::Ptr{Cvoid}
    safewasm_process_kill::Ptr{Cvoid}
    safewasm_process_is_valid::Ptr{Cvoid}
    safewasm_process_delete::Ptr{Cvoid}
    safewasm_release_later::Ptr{Cvoid}
    safewasm_config_set_hooks::Ptr{Cvoid}
    safewasm_provoke_panic::Ptr{Cvoid}
    safewasm_version::Ptr{Cvoid}
    safewasm_abi_version::Ptr{Cvoid}
    Functions() = new(ntuple(_ -> C_NULL, fieldcount(Functions))...)
end

const FUNCTIONS = Functions()

# Opens the library: the package adds the method.
function open_library end

# The address of a function. Unless it is known, the library is opened first.
macro address(name)
    return :(resolve(FUNCTIONS.$name, $(QuoteNode(name))))
end

@inline resolve(known, name) = known == C_NULL ? resolve_in_library(name) : known

@noinline function resolve_in_library(name)
    open_library()
    return getfield(FUNCTIONS, name)::Ptr{Cvoid}
end

"""
    safewasm_error_take(error, message, message_size)

Returns the kind of `error`, copies its message to `message`, and deletes it.

`message` has room for `message_size` bytes; `message` may be NULL, and then no message is
copied. The copy ends with a NUL. A message that is too long is cut between two characters;
`safewasm_error_message` gives the whole message.

If `error` is NULL, which means success, returns `SAFEWASM_ERROR_NONE`, which is 0, and the
message is empty. So a call of the library can be the first argument: the result says whether
the call failed, and nothing is left to delete. If `error` was deleted already or never was an
error, returns `SAFEWASM_ERROR_INVALID_HANDLE`, and the message says so.

Never fails. May be called from any thread.
"""
function safewasm_error_take(error, message, message_size)
    return ccall(
        @address(safewasm_error_take),
        Cint,
        (Ptr{safewasm_error_t}, Ptr{Cchar}, Csize_t),
        error,
        message,
        message_size,
    )
end

"""
    safewasm_error_kind(error)

Returns the kind of `error`: `SAFEWASM_ERROR_NONE` if it is NULL, and
`SAFEWASM_ERROR_INVALID_HANDLE` if it is not a living error.

Never fails. May be called from any thread.
"""
function safewasm_error_kind(error)
    return ccall(
        @address(safewasm_error_kind),
        Cint,
        (Ptr{safewasm_error_t},),
        error,
    )
end

"""
    safewasm_error_kind_name(kind)

Returns the name of `kind`, a `safewasm_error_kind_t`: its name in this header without the
prefix, in lower case and with spaces, such as `not found`. The name of any other number is
`unknown`.

Never returns NULL and never fails. The text is static, with a NUL at its end. May be called
from any thread.
"""
function safewasm_error_kind_name(kind)
    return ccall(
        @address(safewasm_error_kind_name),
        Ptr{Cchar},
        (UInt32,),
        kind,
    )
end

"""
    safewasm_trap_code_name(code)

Returns the name of `code`, a `safewasm_trap_code_t`: its name in this header without the
prefix, in lower case and with spaces, such as `memory out of bounds`. The name of any other
number is `unknown`.

Never returns NULL and never fails. The text is static, with a NUL at its end. May be called
from any thread.
"""
function safewasm_trap_code_name(code)
    return ccall(
        @address(safewasm_trap_code_name),
        Ptr{Cchar},
        (UInt32,),
        code,
    )
end

"""
    safewasm_error_message(error, len_out)

Returns the message of `error`: a sentence in UTF-8 with a NUL at its end, which lives until
`safewasm_error_delete`. A name from a module or from the program that has more than 200 bytes
is cut in the message and ends in an ellipsis (`…`).

`len_out` may be NULL. If it is not, `*len_out` is the message's length in bytes, without the
NUL.

Never returns NULL and never fails: if `error` is not a living error, the result is a static
text that says so. May be called from any thread.
"""
function safewasm_error_message(error, len_out)
    return ccall(
        @address(safewasm_error_message),
        Ptr{Cchar},
        (Ptr{safewasm_error_t}, Ptr{Csize_t}),
        error,
        len_out,
    )
end

"""
    safewasm_error_trap_code(error)

Returns the reason of the trap, or `SAFEWASM_TRAP_NOT_A_TRAP` if `error` is not a trap or not a
living error.

Never fails. May be called from any thread.
"""
function safewasm_error_trap_code(error)
    return ccall(
        @address(safewasm_error_trap_code),
        Cint,
        (Ptr{safewasm_error_t},),
        error,
    )
end

"""
    safewasm_error_os_code(error)

Returns the operating system's error number (`errno`) of an error of kind `SAFEWASM_ERROR_IO`,
and 0 for other errors.

Never fails. May be called from any thread.
"""
function safewasm_error_os_code(error)
    return ccall(
        @address(safewasm_error_os_code),
        Int32,
        (Ptr{safewasm_error_t},),
        error,
    )
end

"""
    safewasm_error_frames_len(error)

Returns the number of frames in the wasm backtrace of `error`: 0 if it has no backtrace, or is
not a living error. The innermost 100 functions of a call are kept, and 400 frames of an error
that has passed through several calls.

Never fails. May be called from any thread.
"""
function safewasm_error_frames_len(error)
    return ccall(
        @address(safewasm_error_frames_len),
        Csize_t,
        (Ptr{safewasm_error_t},),
        error,
    )
end

"""
    safewasm_error_frame(error, index, frame_out)

Gets a frame of the wasm backtrace of `error`. Frame 0 is the innermost: the function in which
the error happened.

Returns true and sets `*frame_out` to the frame, whose texts live until `safewasm_error_delete`.
If `error` is not a living error, has no frame `index`, or `frame_out` is NULL, returns false;
`*frame_out`, unless `frame_out` is NULL, is all zero.

May be called from any thread.
"""
function safewasm_error_frame(error, index, frame_out)
    return ccall(
        @address(safewasm_error_frame),
        Bool,
        (Ptr{safewasm_error_t}, Csize_t, Ptr{safewasm_frame_t}),
        error,
        index,
        frame_out,
    )
end

"""
    safewasm_error_coredump(error, len_out)

Gets the core dump of `error`, a trap in an engine with `SAFEWASM_OPTION_COREDUMP_SIZE`.

Returns its first byte, and sets `*len_out` to the number of bytes; they live until
`safewasm_error_delete`. `len_out` may be NULL. If there is no core dump, or `error` is not a
living error, returns NULL, and `*len_out` is 0.

A core dump is a file in WebAssembly's binary format, as the tool conventions for core dumps
describe it. It has the store's modules, instances and globals, the memories that aren't shared,
and the functions of the backtrace, as they were when the call trapped. So it contains
everything that the guest kept in memory, secrets too.

If the memories, the globals and the names of modules could exceed
`SAFEWASM_OPTION_COREDUMP_SIZE`, the dump is without memories and globals, and names are cut. The
same holds if a global refers to exceptions, or a memory has pages of another size than 64 KiB.
Local variables and operands are in no dump. If there isn't enough memory to make a dump, there
is none.

Never fails. May be called from any thread.
"""
function safewasm_error_coredump(error, len_out)
    return ccall(
        @address(safewasm_error_coredump),
        Ptr{UInt8},
        (Ptr{safewasm_error_t}, Ptr{Csize_t}),
        error,
        len_out,
    )
end

"""
    safewasm_error_new(message, message_len, env, finalizer, tag, error_out)

Creates an error for a host function to return.

`message` is UTF-8 text of `message_len` bytes (or `SAFEWASM_STRLEN`). `env` is any pointer of
the program. The library calls `finalizer` with `env` when no error refers to `env` any more,
and also if this function fails.

`tag` is an address of the program's own, such as that of a static variable, which the library
only compares. `safewasm_error_env` returns `env` to a caller that knows the tag, so that two
languages in one process don't take each other's data for their own. `tag` may be NULL: then no
function returns `env`.

On success `*error_out` is a new error of kind `SAFEWASM_ERROR_HOST`; return it from a host
function or delete it with `safewasm_error_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `message` isn't
UTF-8; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_error_new(message, message_len, env, finalizer, tag, error_out)
    return ccall(
        @address(safewasm_error_new),
        Ptr{safewasm_error_t},
        (Ptr{Cchar}, Csize_t, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_error_t}}),
        message,
        message_len,
        env,
        finalizer,
        tag,
        error_out,
    )
end

"""
    safewasm_error_new_exception(exception, error_out)

Creates an error that throws `exception`, an exception of wasm, for a host function to return.
Wasm in the exception's store may catch it. `safewasm_ref_new_exception` creates exceptions.

On success `*error_out` is a new error of kind `SAFEWASM_ERROR_EXCEPTION`; return it from a host
function or delete it with `safewasm_error_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if `exception` refers to something else than an exception;
`SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_error_new_exception(exception, error_out)
    return ccall(
        @address(safewasm_error_new_exception),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{Ptr{safewasm_error_t}}),
        exception,
        error_out,
    )
end

"""
    safewasm_error_env(error, tag)

Returns the `env` that `safewasm_error_new` made `error` with, if it was made with the same
`tag`, even if the error has passed through calls of wasm since. Returns NULL for other errors,
if `tag` is NULL, and if `error` is not a living error. `tag` may be NULL.

Never fails. May be called from any thread.
"""
function safewasm_error_env(error, tag)
    return ccall(
        @address(safewasm_error_env),
        Ptr{Cvoid},
        (Ptr{safewasm_error_t}, Ptr{Cvoid}),
        error,
        tag,
    )
end

"""
    safewasm_error_exception(error, ref_out)

Gets the exception of wasm that `error` reports.

On success `*ref_out` is a new reference to the exception; delete it with `safewasm_ref_delete`.
On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_HANDLE`, also if the exception's
store was deleted; `SAFEWASM_ERROR_NOT_FOUND` if `error` is not of kind
`SAFEWASM_ERROR_EXCEPTION`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_error_exception(error, ref_out)
    return ccall(
        @address(safewasm_error_exception),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_error_t}, Ptr{Ptr{safewasm_ref_t}}),
        error,
        ref_out,
    )
end

"""
    safewasm_error_is_valid(error)

Returns true if `error` is an error that has not been deleted. Never fails. May be called from
any thread.
"""
function safewasm_error_is_valid(error)
    FUNCTIONS.safewasm_error_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_error_is_valid),
        Bool,
        (Ptr{safewasm_error_t},),
        error,
    )
end

"""
    safewasm_error_delete(error)

Deletes `error`. Does nothing if `error` is NULL or was deleted already. Never fails and never
waits. May be called from any thread.
"""
function safewasm_error_delete(error)
    FUNCTIONS.safewasm_error_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_error_delete),
        Cvoid,
        (Ptr{safewasm_error_t},),
        error,
    )
end

"""
    safewasm_functype_new(engine, params, params_len, results, results_len, functype_out)

Creates a function type.

`params` holds the types of `params_len` parameters, and `results` those of `results_len`
results. Concrete reference types, which a module defines, can't be described here; take the
function type of the module's import or export instead.

On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if an element of `params` or `results` is not a type.
"""
function safewasm_functype_new(engine, params, params_len, results, results_len, functype_out)
    return ccall(
        @address(safewasm_functype_new),
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

"""
    safewasm_functype_new_text(engine, text, text_len, functype_out)

Creates a function type from text, such as `(i32, i64) -> f64`.

`text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`), in the notation of
`safewasm_functype_text`: the types of the parameters in parentheses, an arrow, and the type of
the result. Several results are in parentheses too, and `()` stands for no result: `() -> (i32,
externref)`, `(i32) -> ()`. The types are spelled as in WebAssembly's text format: `i32`, `i64`,
`f32`, `f64`, `v128`, `funcref`, `externref`, `anyref`, `(ref null eq)`, `(ref i31)`, and so on.
A type that a module defines can't be written: take the function type of the module's import or
export.

On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `text` is no function type: the message says where the
mistake is, and what is expected there; `SAFEWASM_ERROR_LIMIT`. May be called from any thread.
"""
function safewasm_functype_new_text(engine, text, text_len, functype_out)
    return ccall(
        @address(safewasm_functype_new_text),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_functype_t}}),
        engine,
        text,
        text_len,
        functype_out,
    )
end

"""
    safewasm_functype_params_len(functype, len_out)

Gets the number of parameters.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_functype_params_len(functype, len_out)
    return ccall(
        @address(safewasm_functype_params_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Ptr{Csize_t}),
        functype,
        len_out,
    )
end

"""
    safewasm_functype_param(functype, index, type_out)

Gets the type of the parameter at `index`, counted from 0.

On success `*type_out` is the type. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such parameter.
"""
function safewasm_functype_param(functype, index, type_out)
    return ccall(
        @address(safewasm_functype_param),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Csize_t, Ptr{safewasm_valtype_t}),
        functype,
        index,
        type_out,
    )
end

"""
    safewasm_functype_results_len(functype, len_out)

Gets the number of results.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_functype_results_len(functype, len_out)
    return ccall(
        @address(safewasm_functype_results_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Ptr{Csize_t}),
        functype,
        len_out,
    )
end

"""
    safewasm_functype_result(functype, index, type_out)

Gets the type of the result at `index`, counted from 0.

On success `*type_out` is the type. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such result.
"""
function safewasm_functype_result(functype, index, type_out)
    return ccall(
        @address(safewasm_functype_result),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Csize_t, Ptr{safewasm_valtype_t}),
        functype,
        index,
        type_out,
    )
end

"""
    safewasm_functype_text(functype, text_out)

Gets the type as text, such as `(i32, i32) -> i32`.

On success `*text_out` is the text, which lives until `safewasm_functype_delete`. On failure it
is NULL with length 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_functype_text(functype, text_out)
    return ccall(
        @address(safewasm_functype_text),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Ptr{safewasm_text_t}),
        functype,
        text_out,
    )
end

"""
    safewasm_functype_is_valid(functype)

Returns true if `functype` is a function type that has not been deleted. Never fails. May be
called from any thread.
"""
function safewasm_functype_is_valid(functype)
    FUNCTIONS.safewasm_functype_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_functype_is_valid),
        Bool,
        (Ptr{safewasm_functype_t},),
        functype,
    )
end

"""
    safewasm_functype_delete(functype)

Deletes `functype`. Does nothing if `functype` is NULL or was deleted already. Never fails and
never waits. May be called from any thread.
"""
function safewasm_functype_delete(functype)
    FUNCTIONS.safewasm_functype_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_functype_delete),
        Cvoid,
        (Ptr{safewasm_functype_t},),
        functype,
    )
end

"""
    safewasm_externtype_kind(externtype, kind_out)

Gets the kind of import or export that the type belongs to.

On success `*kind_out` is the kind, a `safewasm_externkind_t`. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_externtype_kind(externtype, kind_out)
    return ccall(
        @address(safewasm_externtype_kind),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{UInt32}),
        externtype,
        kind_out,
    )
end

"""
    safewasm_externtype_functype(externtype, functype_out)

Gets the type of a function or tag. The parameters of a tag's type are the values that its
exceptions carry.

On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
"""
function safewasm_externtype_functype(externtype, functype_out)
    return ccall(
        @address(safewasm_externtype_functype),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{Ptr{safewasm_functype_t}}),
        externtype,
        functype_out,
    )
end

"""
    safewasm_externtype_memorytype(externtype, type_out)

Gets the type of a memory.

On success `*type_out` is the type. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
"""
function safewasm_externtype_memorytype(externtype, type_out)
    return ccall(
        @address(safewasm_externtype_memorytype),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{safewasm_memorytype_t}),
        externtype,
        type_out,
    )
end

"""
    safewasm_externtype_tabletype(externtype, type_out)

Gets the type of a table.

On success `*type_out` is the type. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
"""
function safewasm_externtype_tabletype(externtype, type_out)
    return ccall(
        @address(safewasm_externtype_tabletype),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{safewasm_tabletype_t}),
        externtype,
        type_out,
    )
end

"""
    safewasm_externtype_globaltype(externtype, type_out)

Gets the type of a global.

On success `*type_out` is the type. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if it is the type of something else.
"""
function safewasm_externtype_globaltype(externtype, type_out)
    return ccall(
        @address(safewasm_externtype_globaltype),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{safewasm_globaltype_t}),
        externtype,
        type_out,
    )
end

"""
    safewasm_externtype_text(externtype, text_out)

Gets the type as WebAssembly's text format writes it, such as `(func (param i32 i32) (result
i32))`, `(memory 1 10)` or `(global (mut i32))`.

On success `*text_out` is the text, which lives until `safewasm_externtype_delete`. On failure
it is NULL with length 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_externtype_text(externtype, text_out)
    return ccall(
        @address(safewasm_externtype_text),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{safewasm_text_t}),
        externtype,
        text_out,
    )
end

"""
    safewasm_externtype_is_valid(externtype)

Returns true if `externtype` is an external type that has not been deleted. Never fails. May be
called from any thread.
"""
function safewasm_externtype_is_valid(externtype)
    FUNCTIONS.safewasm_externtype_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_externtype_is_valid),
        Bool,
        (Ptr{safewasm_externtype_t},),
        externtype,
    )
end

"""
    safewasm_externtype_delete(externtype)

Deletes `externtype`. Does nothing if `externtype` is NULL or was deleted already. Never fails
and never waits. May be called from any thread.
"""
function safewasm_externtype_delete(externtype)
    FUNCTIONS.safewasm_externtype_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_externtype_delete),
        Cvoid,
        (Ptr{safewasm_externtype_t},),
        externtype,
    )
end

"""
    safewasm_heaptype_new_text(engine, text, text_len, heaptype_out)

Creates a heap type from text, such as `(struct (field i32) (field (mut f64)))` or
`(array (mut i8))`.

`text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`), as WebAssembly's text format
writes a type. It may also be a list of definitions, of which the type is the last; they may refer
to each other as in a module: `(type \$list (struct (field i32) (field (mut (ref null \$list)))))`.
The type is the same as one of a module if both are written alike.

On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_TEXT` if `text` is not in the text format;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if it is not UTF-8, or has something else than types in it;
`SAFEWASM_ERROR_INVALID_MODULE` if the types are not valid, or the engine's config has turned off
a proposal that they need; `SAFEWASM_ERROR_TYPE_MISMATCH` if the type is one of functions;
`SAFEWASM_ERROR_LIMIT`. May be called from any thread.
"""
function safewasm_heaptype_new_text(engine, text, text_len, heaptype_out)
    return ccall(
        @address(safewasm_heaptype_new_text),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_heaptype_t}}),
        engine,
        text,
        text_len,
        heaptype_out,
    )
end

"""
    safewasm_heaptype_of_param(functype, index, heaptype_out)

Gets the type of the objects that the parameter at `index`, counted from 0, refers to.

On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such parameter; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is
not a reference to structures or arrays of one type. May be called from any thread.
"""
function safewasm_heaptype_of_param(functype, index, heaptype_out)
    return ccall(
        @address(safewasm_heaptype_of_param),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Csize_t, Ptr{Ptr{safewasm_heaptype_t}}),
        functype,
        index,
        heaptype_out,
    )
end

"""
    safewasm_heaptype_of_result(functype, index, heaptype_out)

Gets the type of the objects that the result at `index`, counted from 0, refers to.

On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such result; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is not
a reference to structures or arrays of one type. May be called from any thread.
"""
function safewasm_heaptype_of_result(functype, index, heaptype_out)
    return ccall(
        @address(safewasm_heaptype_of_result),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_functype_t}, Csize_t, Ptr{Ptr{safewasm_heaptype_t}}),
        functype,
        index,
        heaptype_out,
    )
end

"""
    safewasm_heaptype_of_extern(externtype, heaptype_out)

Gets the type of the objects that the value of a global, or the elements of a table, refer to.

On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if these are not references to structures or arrays of one type, or
if `externtype` is the type of something else. May be called from any thread.
"""
function safewasm_heaptype_of_extern(externtype, heaptype_out)
    return ccall(
        @address(safewasm_heaptype_of_extern),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_externtype_t}, Ptr{Ptr{safewasm_heaptype_t}}),
        externtype,
        heaptype_out,
    )
end

"""
    safewasm_heaptype_of_ref(reference, heaptype_out)

Gets the type of the structure or array that a reference refers to.

On success `*heaptype_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if it refers to something else; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_heaptype_of_ref(reference, heaptype_out)
    return ccall(
        @address(safewasm_heaptype_of_ref),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{Ptr{safewasm_heaptype_t}}),
        reference,
        heaptype_out,
    )
end

"""
    safewasm_heaptype_of_field(heaptype, index, other_out)

Gets the type of the objects that the field at `index`, counted from 0, of a heap type refers to.
A type of arrays has one field, which stands for all elements.

On success `*other_out` is a new heap type; delete it with `safewasm_heaptype_delete`. On failure
it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such field; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is not
a reference to structures or arrays of one type. May be called from any thread.
"""
function safewasm_heaptype_of_field(heaptype, index, other_out)
    return ccall(
        @address(safewasm_heaptype_of_field),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_heaptype_t}, Csize_t, Ptr{Ptr{safewasm_heaptype_t}}),
        heaptype,
        index,
        other_out,
    )
end

"""
    safewasm_heaptype_kind(heaptype, kind_out)

Gets the kind of the objects: `SAFEWASM_HEAP_STRUCT` or `SAFEWASM_HEAP_ARRAY`.

On success `*kind_out` is the kind. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`. May be called from any
thread.
"""
function safewasm_heaptype_kind(heaptype, kind_out)
    return ccall(
        @address(safewasm_heaptype_kind),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_heaptype_t}, Ptr{UInt32}),
        heaptype,
        kind_out,
    )
end

"""
    safewasm_heaptype_fields_len(heaptype, len_out)

Gets the number of fields of a type of structures; 1 for a type of arrays, whose field stands for
all elements.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`. May be called from any
thread.
"""
function safewasm_heaptype_fields_len(heaptype, len_out)
    return ccall(
        @address(safewasm_heaptype_fields_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_heaptype_t}, Ptr{Csize_t}),
        heaptype,
        len_out,
    )
end

"""
    safewasm_heaptype_field(heaptype, index, type_out)

Gets the type of the field at `index`, counted from 0. A type of arrays has one field, which
stands for all elements.

On success `*type_out` is the type. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such field. May be called from any thread.
"""
function safewasm_heaptype_field(heaptype, index, type_out)
    return ccall(
        @address(safewasm_heaptype_field),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_heaptype_t}, Csize_t, Ptr{safewasm_fieldtype_t}),
        heaptype,
        index,
        type_out,
    )
end

"""
    safewasm_heaptype_text(heaptype, text_out)

Gets the type as WebAssembly's text format writes it, such as `(struct (field i32) (field (mut
f64)))`. Other types of the module in it are cut short: `(ref null (struct …))`.

On success `*text_out` is the text, which lives until `safewasm_heaptype_delete`. On failure it
is NULL with length 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`. May be called from any
thread.
"""
function safewasm_heaptype_text(heaptype, text_out)
    return ccall(
        @address(safewasm_heaptype_text),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_heaptype_t}, Ptr{safewasm_text_t}),
        heaptype,
        text_out,
    )
end

"""
    safewasm_heaptype_is_valid(heaptype)

Returns true if `heaptype` is a heap type that has not been deleted. Never fails. May be called
from any thread.
"""
function safewasm_heaptype_is_valid(heaptype)
    FUNCTIONS.safewasm_heaptype_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_heaptype_is_valid),
        Bool,
        (Ptr{safewasm_heaptype_t},),
        heaptype,
    )
end

"""
    safewasm_heaptype_delete(heaptype)

Deletes `heaptype`. Does nothing if `heaptype` is NULL or was deleted already. Never fails and
never waits. May be called from any thread.
"""
function safewasm_heaptype_delete(heaptype)
    FUNCTIONS.safewasm_heaptype_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_heaptype_delete),
        Cvoid,
        (Ptr{safewasm_heaptype_t},),
        heaptype,
    )
end

"""
    safewasm_config_new(config_out)

Creates a config with the default settings.

On success `*config_out` is a new config; pass it to `safewasm_engine_new` or delete it with
`safewasm_config_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_config_new(config_out)
    return ccall(
        @address(safewasm_config_new),
        Ptr{safewasm_error_t},
        (Ptr{Ptr{safewasm_config_t}},),
        config_out,
    )
end

"""
    safewasm_config_set_opt_level(config, level)

Sets how much the compiler optimizes. `level` is a `safewasm_opt_level_t`;
`SAFEWASM_OPT_LEVEL_SPEED` is the default.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` for another level.
"""
function safewasm_config_set_opt_level(config, level)
    return ccall(
        @address(safewasm_config_set_opt_level),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, UInt32),
        config,
        level,
    )
end

"""
    safewasm_config_set_debug_info(config, enabled)

Sets whether the compiled code carries native debug info, with which a debugger such as gdb
shows the source lines of wasm. Off by default.

The time and memory that the compiler spends on a module's debug info have no bound: leave this
off for modules that aren't trusted. Files and lines in backtraces are another setting,
`safewasm_config_set_backtrace_lines`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_config_set_debug_info(config, enabled)
    return ccall(
        @address(safewasm_config_set_debug_info),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

"""
    safewasm_config_set_backtrace_lines(config, enabled)

Sets whether backtraces show files, lines and inlined calls, which the library reads from the
debug info (DWARF) in a module. Off by default.

Reading the debug info takes no more than some tenths of a second and some megabytes for each
error, and works on a stack of any size, whatever the debug info contains. Anything beyond that
is left out, and a note at the end of the error's message says so. An error of the program
itself (of kind `SAFEWASM_ERROR_HOST`) has no such note. At most 32 inlined calls are shown for
a function, and at most 400 for a backtrace.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_config_set_backtrace_lines(config, enabled)
    return ccall(
        @address(safewasm_config_set_backtrace_lines),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

"""
    safewasm_config_set_signals_based_traps(config, enabled)

Sets whether the library may find traps by the signals SIGSEGV, SIGILL and SIGFPE. On by
default.

If on, the first engine of the process installs handlers for these signals. A signal that isn't
a trap of wasm, such as a fault of the program or a signal that was sent, goes to the handler
that was installed before. A program that installs its own handlers later MUST pass signals on
to the earlier ones, and MUST NOT install them while the first engine is being made.

If off, the compiled code checks each operation itself and is slower. Turn it off where signal
handlers must not be changed, and under valgrind.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_config_set_signals_based_traps(config, enabled)
    return ccall(
        @address(safewasm_config_set_signals_based_traps),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

"""
    safewasm_config_set_feature(config, feature, enabled)

Turns a feature of WebAssembly on or off. `feature` is a `safewasm_feature_t`.

A module that uses a feature that is off is invalid. Objects that the program makes itself, such
as a memory, may use it all the same. If a feature depends on another one that is off,
`safewasm_engine_new` fails with a message that says which.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such feature.
"""
function safewasm_config_set_feature(config, feature, enabled)
    return ccall(
        @address(safewasm_config_set_feature),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, UInt32, Bool),
        config,
        feature,
        enabled,
    )
end

"""
    safewasm_config_set_option(config, option, value)

Sets an option of the compiler, the memories or the garbage collector. `option` is a
`safewasm_option_t`, whose description says which values it takes.

Options may be set in any order. If two of them, or an option and another setting, contradict
each other, `safewasm_engine_new` fails with an error that names both. No value makes wasm unsafe:
a guest can leave its memory with none of them.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such option, or if it doesn't take the value.
"""
function safewasm_config_set_option(config, option, value)
    return ccall(
        @address(safewasm_config_set_option),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, UInt32, UInt64),
        config,
        option,
        value,
    )
end

"""
    safewasm_config_set_shared_memory(config, enabled)

Sets whether shared memories can be made: memories that several threads use at once, each thread
with a store of its own. Off by default.

Wasmtime's documentation says: "there are enough deficiencies in Wasmtime's implementation and
API integration that creation of a shared memory is disabled by default", and threads are "a
tier 2 feature in Wasmtime meaning that it will not receive security updates or fixes to
historical releases".

A thread that waits on a shared memory in wasm (`memory.atomic.wait32`, `wait64`) is woken only
by `memory.atomic.notify` and by the time limit of the wait itself. No deadline and no interrupt
ends the wait.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_config_set_shared_memory(config, enabled)
    return ccall(
        @address(safewasm_config_set_shared_memory),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

"""
    safewasm_config_set_max_wasm_stack(config, max_wasm_stack)

Sets the stack that wasm may use in a call, including nested calls, in bytes. A call that needs
more traps with `SAFEWASM_TRAP_STACK_OVERFLOW`. The default is 512 KiB.

A thread must have this much left on its stack, and some more for the library and for host
functions; otherwise calls are refused with that trap.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` for less than 4 KiB or more than 1 GiB.
"""
function safewasm_config_set_max_wasm_stack(config, max_wasm_stack)
    return ccall(
        @address(safewasm_config_set_max_wasm_stack),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Csize_t),
        config,
        max_wasm_stack,
    )
end

"""
    safewasm_config_set_max_module_size(config, max_module_size)

Sets how large a module may be, in bytes of the binary format. Larger modules are refused before
they are compiled. `SIZE_MAX`, the default, means no limit.

A compilation can't be stopped, neither by a deadline nor by `safewasm_store_interrupt`. Its
time and memory grow with the module, and faster than linearly with the size of a function that
has deeply nested loops: twenty kilobytes may take ten seconds. All engines of the process
compile on the threads of one pool.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_config_set_max_module_size(config, max_module_size)
    return ccall(
        @address(safewasm_config_set_max_module_size),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Csize_t),
        config,
        max_module_size,
    )
end

"""
    safewasm_config_set_max_module_functions(config, max_module_functions)

Sets how many functions a module may define. Modules with more are refused before they are
compiled. `SIZE_MAX`, the default, means no limit. Each function costs some time and memory,
however small it is. See also `safewasm_config_set_max_module_size`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_config_set_max_module_functions(config, max_module_functions)
    return ccall(
        @address(safewasm_config_set_max_module_functions),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Csize_t),
        config,
        max_module_functions,
    )
end

"""
    safewasm_config_set_cache(config, folder, folder_len, max_size)

Sets a cache of compiled modules: a folder in which modules stay compiled when the process has ended. A
module whose bytes and config are known is loaded from there and not compiled again. Processes of one
user may share a folder, at the same time too. There is no cache by default.

`folder` is UTF-8 text of `folder_len` bytes (or `SAFEWASM_STRLEN`). NULL with the length 0 means the
folder `safewasm` in the user's folder for caches, which is that of the environment variable `XDG_CACHE_HOME`,
or else `.cache` in that of `HOME`. The folder is made if it isn't there, readable for its user only.
`max_size` is how many bytes the cache may have: the modules that were used longest ago are deleted. 0 means
no cache.

A module that the cache has can't be told from one that was compiled, except by
`safewasm_engine_cache_counts`. If files in the folder can't be read or written, modules are compiled as
without a cache; so they are if `folder` is NULL and the user has no folder for caches, or one in which the
cache can't be made. A module of the cache that was damaged, or that another user wrote, is compiled again:
the library has a secret in the folder, by which it knows its own modules.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `folder` isn't UTF-8, is empty or has a NUL. A `folder` that isn't one
and can't be made, or that other users may write to, is an error of `safewasm_engine_new`.
"""
function safewasm_config_set_cache(config, folder, folder_len, max_size)
    return ccall(
        @address(safewasm_config_set_cache),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Ptr{Cchar}, Csize_t, UInt64),
        config,
        folder,
        folder_len,
        max_size,
    )
end

"""
    safewasm_config_set_consume_fuel(config, enabled)

Sets whether wasm consumes fuel, which limits how many instructions it executes; see
`safewasm_store_set_fuel`. Off by default.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_config_set_consume_fuel(config, enabled)
    return ccall(
        @address(safewasm_config_set_consume_fuel),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

"""
    safewasm_config_set_operator_cost(config, name, name_len, cost)

Sets how much fuel an operator consumes, from 0 to 255. `name` is the operator's name in the text
format, such as `i32.add`. By default most operators consume 1, and those that only structure the
code (`block`, `loop`, `end`, `else`, `return`, `unreachable`, `nop`, `drop`) consume 0. It has no
effect without `safewasm_config_set_consume_fuel`.

Operators that work on many bytes or elements consume fuel for each too, by default 1. The names
of these costs are `memory.copy per byte`, `memory.fill per byte`, `memory.init per byte`,
`memory.grow per page` (by default 0), and `per element` after `table.copy`, `table.fill`,
`table.init`, `table.grow`, `array.copy`, `array.fill`, `array.new`, `array.new_default`,
`array.new_data`, `array.new_elem`, `array.init_data` and `array.init_elem`.

With costs of 0, a loop may never run out of fuel.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such operator, if the name isn't UTF-8, or for a
cost above 255.
"""
function safewasm_config_set_operator_cost(config, name, name_len, cost)
    return ccall(
        @address(safewasm_config_set_operator_cost),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Ptr{Cchar}, Csize_t, UInt32),
        config,
        name,
        name_len,
        cost,
    )
end

"""
    safewasm_config_set_epoch_interruption(config, enabled)

Sets whether a running call can be ended: by `safewasm_store_interrupt`, by a deadline, by a
time limit, by epochs, or by the interrupt flag of the hooks. Off by default, since wasm then
checks a counter in each loop and function: the code is larger by a quarter to a third, compiling
takes longer by as much, and wasm takes 1.0 to 1.5 times as long, in some loops 2.5 times.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_config_set_epoch_interruption(config, enabled)
    return ccall(
        @address(safewasm_config_set_epoch_interruption),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Bool),
        config,
        enabled,
    )
end

"""
    safewasm_config_set_pooling(config, pooling)

Sets whether the memories and tables of instances come from a pool, which `safewasm_engine_new`
reserves. Off by default. With a pool, a store and its instance are made and freed faster, and
more threads can do so at once.

`pooling` has the sizes of the pool. `pooling` may be NULL, which turns the pool off. A pool of
the default sizes takes about 4 TiB of address space, and hardly any memory until it is used. If
the pool has no room for an instance, or a module could never fit, the error is of kind
`SAFEWASM_ERROR_LIMIT`. Room becomes free when a store is freed.

Objects that the program makes itself, for instance with `safewasm_memory_new`, don't come from
the pool. With a pool, modules can't define shared memories.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if a size is out of range. Later, `safewasm_engine_new` fails
with `SAFEWASM_ERROR_LIMIT` if the process has too little address space.
"""
function safewasm_config_set_pooling(config, pooling)
    return ccall(
        @address(safewasm_config_set_pooling),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Ptr{safewasm_pooling_t}),
        config,
        pooling,
    )
end

"""
    safewasm_config_is_valid(config)

Returns true if `config` is a config that has neither been deleted nor passed to an engine.
Never fails. May be called from any thread.
"""
function safewasm_config_is_valid(config)
    FUNCTIONS.safewasm_config_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_config_is_valid),
        Bool,
        (Ptr{safewasm_config_t},),
        config,
    )
end

"""
    safewasm_config_delete(config)

Deletes `config`. Does nothing if `config` is NULL or was deleted already. Never fails and never
waits. May be called from any thread.
"""
function safewasm_config_delete(config)
    FUNCTIONS.safewasm_config_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_config_delete),
        Cvoid,
        (Ptr{safewasm_config_t},),
        config,
    )
end

"""
    safewasm_engine_new(config, engine_out)

Creates an engine with the settings of `config`.

`config` may be NULL, which means the default settings. The config is consumed, even if this
function fails: its handle is invalid afterwards.

Installs handlers for SIGSEGV, SIGILL and SIGFPE, unless the config turns that off; see
`safewasm_config_set_signals_based_traps`.

On success `*engine_out` is a new engine; delete it with `safewasm_engine_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` if the machine or this version doesn't support a setting, or if
settings contradict each other; `SAFEWASM_ERROR_LIMIT` if the process has too little address
space for the pool; `SAFEWASM_ERROR_IO` if the folder of a cache can't be used, with the operating
system's error number; `SAFEWASM_ERROR_INVALID_ARGUMENT` if other users may write to it.
"""
function safewasm_engine_new(config, engine_out)
    return ccall(
        @address(safewasm_engine_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Ptr{Ptr{safewasm_engine_t}}),
        config,
        engine_out,
    )
end

"""
    safewasm_engine_is_valid(engine)

Returns true if `engine` is an engine that has not been deleted. Never fails. May be called from
any thread.
"""
function safewasm_engine_is_valid(engine)
    FUNCTIONS.safewasm_engine_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_engine_is_valid),
        Bool,
        (Ptr{safewasm_engine_t},),
        engine,
    )
end

"""
    safewasm_engine_cache_counts(engine, hits_out, misses_out, failures_out)

Gets how often the engine's cache had a module, didn't have it, and couldn't be read or written; see
`safewasm_config_set_cache`. May be called from any thread.

On success `*hits_out`, `*misses_out` and `*failures_out` are the numbers since the engine was made. On
failure they are 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_UNSUPPORTED` if the
engine has no cache.
"""
function safewasm_engine_cache_counts(engine, hits_out, misses_out, failures_out)
    return ccall(
        @address(safewasm_engine_cache_counts),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt64}, Ptr{UInt64}, Ptr{UInt64}),
        engine,
        hits_out,
        misses_out,
        failures_out,
    )
end

"""
    safewasm_engine_delete(engine)

Deletes `engine`. Its stores and modules live on. Does nothing if `engine` is NULL or was
deleted already. Never fails and never waits. May be called from any thread.
"""
function safewasm_engine_delete(engine)
    FUNCTIONS.safewasm_engine_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_engine_delete),
        Cvoid,
        (Ptr{safewasm_engine_t},),
        engine,
    )
end

"""
    safewasm_module_new(engine, bytes, bytes_len, module_out)

Compiles a module from its bytes.

`bytes` is a module in the binary format, of `bytes_len` bytes. The library doesn't use the
bytes after this function returns.

On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake; `SAFEWASM_ERROR_COMPILER` if
the compiler refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the
config allows, if no thread is left to compile on, or if no memory is left for the code.
"""
function safewasm_module_new(engine, bytes, bytes_len, module_out)
    return ccall(
        @address(safewasm_module_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t, Ptr{Ptr{safewasm_module_t}}),
        engine,
        bytes,
        bytes_len,
        module_out,
    )
end

"""
    safewasm_module_new_text(engine, text, text_len, module_out)

Compiles a module from WebAssembly's text format.

`text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`). The library doesn't use the
text after this function returns.

On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `text` isn't UTF-8; `SAFEWASM_ERROR_INVALID_TEXT`, with the
line and the column; `SAFEWASM_ERROR_INVALID_MODULE`; `SAFEWASM_ERROR_COMPILER` if the compiler
refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the config allows,
if no thread is left to compile on, or if no memory is left for the code.
"""
function safewasm_module_new_text(engine, text, text_len, module_out)
    return ccall(
        @address(safewasm_module_new_text),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_module_t}}),
        engine,
        text,
        text_len,
        module_out,
    )
end

"""
    safewasm_module_new_file(engine, path, path_len, module_out)

Compiles a module from an ordinary file, in the binary or the text format.

`path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`).

On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `path` isn't UTF-8, has a NUL, or is the text of a module;
`SAFEWASM_ERROR_IO`, with the operating system's error number; `SAFEWASM_ERROR_INVALID_TEXT`,
with the line and the column; `SAFEWASM_ERROR_INVALID_MODULE`; `SAFEWASM_ERROR_COMPILER` if the
compiler refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the config
allows, if no thread is left to compile on, or if no memory is left for the code.
"""
function safewasm_module_new_file(engine, path, path_len, module_out)
    return ccall(
        @address(safewasm_module_new_file),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_module_t}}),
        engine,
        path,
        path_len,
        module_out,
    )
end

"""
    safewasm_module_validate(engine, bytes, bytes_len)

Checks whether bytes are a valid module for `engine`, without compiling it. Returns NULL if they
are.

`bytes` is a module in the binary format, of `bytes_len` bytes.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake.
"""
function safewasm_module_validate(engine, bytes, bytes_len)
    return ccall(
        @address(safewasm_module_validate),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t),
        engine,
        bytes,
        bytes_len,
    )
end

"""
    safewasm_module_imports_len(module_, len_out)

Gets the number of the module's imports.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_module_imports_len(module_, len_out)
    return ccall(
        @address(safewasm_module_imports_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{Csize_t}),
        module_,
        len_out,
    )
end

"""
    safewasm_module_import(module_, index, module_name_out, name_out, type_out)

Gets the import at `index`, counted from 0, in the module's order.

An import has two names: the name of the module that it comes from, and its name there. On
success `*module_name_out` and `*name_out` are these names, which live until
`safewasm_module_delete`, and `*type_out` is a new external type; delete it with
`safewasm_externtype_delete`. On failure all are NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such import.
"""
function safewasm_module_import(module_, index, module_name_out, name_out, type_out)
    return ccall(
        @address(safewasm_module_import),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Csize_t, Ptr{safewasm_text_t}, Ptr{safewasm_text_t}, Ptr{Ptr{safewasm_externtype_t}}),
        module_,
        index,
        module_name_out,
        name_out,
        type_out,
    )
end

"""
    safewasm_module_exports_len(module_, len_out)

Gets the number of the module's exports.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_module_exports_len(module_, len_out)
    return ccall(
        @address(safewasm_module_exports_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{Csize_t}),
        module_,
        len_out,
    )
end

"""
    safewasm_module_export(module_, index, name_out, type_out)

Gets the export at `index`, counted from 0, in the module's order.

On success `*name_out` is its name, which lives until `safewasm_module_delete`, and `*type_out`
is a new external type; delete it with `safewasm_externtype_delete`. On failure both are NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such export.
"""
function safewasm_module_export(module_, index, name_out, type_out)
    return ccall(
        @address(safewasm_module_export),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Csize_t, Ptr{safewasm_text_t}, Ptr{Ptr{safewasm_externtype_t}}),
        module_,
        index,
        name_out,
        type_out,
    )
end

"""
    safewasm_module_name(module_, name_out)

Gets the module's name, from its name section.

On success `*name_out` is the name, which lives until `safewasm_module_delete`, or NULL with
length 0 if the module has no name. On failure it is NULL with length 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_module_name(module_, name_out)
    return ccall(
        @address(safewasm_module_name),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{safewasm_text_t}),
        module_,
        name_out,
    )
end

"""
    safewasm_module_custom_sections_len(module_, len_out)

Gets the number of the module's custom sections.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_module_custom_sections_len(module_, len_out)
    return ccall(
        @address(safewasm_module_custom_sections_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{Csize_t}),
        module_,
        len_out,
    )
end

"""
    safewasm_module_custom_section(module_, index, name_out, data_out, len_out)

Gets the custom section at `index`, counted from 0, in the module's order. Several sections may
have the same name.

On success `*name_out` is its name, `*data_out` is its first byte, or NULL if it is empty, and
`*len_out` is the number of its bytes; the name and the bytes live until
`safewasm_module_delete`. On failure they are NULL and 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such section.
"""
function safewasm_module_custom_section(module_, index, name_out, data_out, len_out)
    return ccall(
        @address(safewasm_module_custom_section),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Csize_t, Ptr{safewasm_text_t}, Ptr{Ptr{UInt8}}, Ptr{Csize_t}),
        module_,
        index,
        name_out,
        data_out,
        len_out,
    )
end

"""
    safewasm_module_resources(module_, resources_out)

Gets the resources that an instance of the module needs when it is made.

On success `*resources_out` is the resources. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_module_resources(module_, resources_out)
    return ccall(
        @address(safewasm_module_resources),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{safewasm_resources_t}),
        module_,
        resources_out,
    )
end

"""
    safewasm_module_clone(module_, module_out)

Creates another handle of the same module, which is reference-counted. It keeps the module, and the
texts and bytes that were borrowed from it, alive while other owners delete their handles: a
thread that reads a module which other threads may delete reads it through a handle of its own.
May be called from any thread.

On success `*module_out` is a new handle of the module; delete it with `safewasm_module_delete`.
On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_module_clone(module_, module_out)
    return ccall(
        @address(safewasm_module_clone),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{Ptr{safewasm_module_t}}),
        module_,
        module_out,
    )
end

"""
    safewasm_module_is_valid(module_)

Returns true if `module` is a module that has not been deleted. Never fails. May be called from
any thread.
"""
function safewasm_module_is_valid(module_)
    FUNCTIONS.safewasm_module_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_module_is_valid),
        Bool,
        (Ptr{safewasm_module_t},),
        module_,
    )
end

"""
    safewasm_module_delete(module_)

Deletes the handle `module`. Its instances and its other handles live on. Does nothing if `module` is
NULL or was deleted already. Never fails and never waits. May be called from any thread.
"""
function safewasm_module_delete(module_)
    FUNCTIONS.safewasm_module_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_module_delete),
        Cvoid,
        (Ptr{safewasm_module_t},),
        module_,
    )
end

"""
    safewasm_compilation_new(engine, bytes, bytes_len, notify, env, finalizer, compilation_out)

Starts to compile a module or a component from its bytes, on threads of the library. Returns at once.

`bytes` is a module or a component in the binary format, of `bytes_len` bytes, of which the library
makes a copy. Each compilation has as many threads as the machine has processors, or fewer if the
system allows no more. If it allows none, the module is compiled, and `notify` called, before this function
returns. `engine` may be deleted meanwhile.

When the compilation has ended, the library calls `notify` with `env`, unless `notify` is NULL. It
calls `finalizer` with `env` once: after `notify`, or on the calling thread if this function fails.

The program may end (`exit`) while modules are compiled. What is compiled while the program forks is
compiled in the parent only.

On success `*compilation_out` is a new compilation; delete it with `safewasm_compilation_delete`. On
failure it is NULL. Most errors of a module are those of `safewasm_compilation_module`, and those of
a component those of `safewasm_compilation_component`.

May be called from any thread.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_MODULE` if the bytes begin neither as a module nor as a component;
`SAFEWASM_ERROR_LIMIT` if the module or component is larger than the config allows, or if no memory
is left.
"""
function safewasm_compilation_new(engine, bytes, bytes_len, notify, env, finalizer, compilation_out)
    return ccall(
        @address(safewasm_compilation_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_compilation_t}}),
        engine,
        bytes,
        bytes_len,
        notify,
        env,
        finalizer,
        compilation_out,
    )
end

"""
    safewasm_compilation_wait(compilation, timeout, has_ended_out)

Waits until `compilation` has ended, but no longer than `timeout` nanoseconds. `UINT64_MAX` means
without a limit, and 0 doesn't wait.

On success `*has_ended_out` is true if the compilation has ended, and false if the time is over. On
failure it is false.

May be called from any thread, and from several at once.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the compilation had not ended before the fork.
"""
function safewasm_compilation_wait(compilation, timeout, has_ended_out)
    return ccall(
        @address(safewasm_compilation_wait),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_compilation_t}, UInt64, Ptr{Bool}),
        compilation,
        timeout,
        has_ended_out,
    )
end

"""
    safewasm_compilation_progress(compilation, done_out, total_out)

Gets how far `compilation` is. Never waits.

On success `*total_out` is the number of functions that the module or the component defines, and `*done_out` how many
of them were compiled, or are being compiled. It never decreases, and reaches the total when there is
a module. With `SAFEWASM_STRATEGY_WINCH`, and for a module that the cache has, it is 0 before. On
failure both are 0.

May be called from any thread.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the compilation had not ended before the fork.
"""
function safewasm_compilation_progress(compilation, done_out, total_out)
    return ccall(
        @address(safewasm_compilation_progress),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_compilation_t}, Ptr{Csize_t}, Ptr{Csize_t}),
        compilation,
        done_out,
        total_out,
    )
end

"""
    safewasm_compilation_module(compilation, module_out)

Gets the module of `compilation`. Waits until it is compiled.

On success `*module_out` is the module, with a new handle at each call; delete it with
`safewasm_module_delete`. It lives on when the compilation is deleted. On failure it is NULL.

May be called from any thread, and from several at once.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if it compiles a component; `SAFEWASM_ERROR_INVALID_MODULE`, with
the offset of the mistake; `SAFEWASM_ERROR_COMPILER` if the
compiler refuses a valid module; `SAFEWASM_ERROR_LIMIT` if no thread is left to compile on, or if no
memory is left for the code; `SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the compilation had
not ended before the fork.
"""
function safewasm_compilation_module(compilation, module_out)
    return ccall(
        @address(safewasm_compilation_module),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_compilation_t}, Ptr{Ptr{safewasm_module_t}}),
        compilation,
        module_out,
    )
end

"""
    safewasm_compilation_component(compilation, component_out)

Gets the component of `compilation`. Waits until it is compiled.

On success `*component_out` is the component, with a new handle at each call; delete it with
`safewasm_component_delete`. It lives on when the compilation is deleted. On failure it is NULL.

May be called from any thread, and from several at once.

Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
`SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER` and
`SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if it compiles a module;
`SAFEWASM_ERROR_UNSUPPORTED` if the component uses asynchronous functions or types, and in a forked
child if the compilation had not ended before the fork.
"""
function safewasm_compilation_component(compilation, component_out)
    return ccall(
        @address(safewasm_compilation_component),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_compilation_t}, Ptr{Ptr{safewasm_component_t}}),
        compilation,
        component_out,
    )
end

"""
    safewasm_compilation_is_valid(compilation)

Returns true if `compilation` is a compilation that has not been deleted, whether it goes on or has
ended. Never fails. May be called from any thread.
"""
function safewasm_compilation_is_valid(compilation)
    FUNCTIONS.safewasm_compilation_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_compilation_is_valid),
        Bool,
        (Ptr{safewasm_compilation_t},),
        compilation,
    )
end

"""
    safewasm_compilation_delete(compilation)

Deletes `compilation`. If it goes on and no thread waits for it, it is given up: the compiler ends in
the background, after its current step of a function. If the engine has a cache, the compiler goes
on, and the cache gets the module. `notify` is called in any case. Does nothing if `compilation` is
NULL or was deleted already. Never fails and never waits. May be called from any thread.
"""
function safewasm_compilation_delete(compilation)
    FUNCTIONS.safewasm_compilation_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_compilation_delete),
        Cvoid,
        (Ptr{safewasm_compilation_t},),
        compilation,
    )
end

"""
    safewasm_module_new_with_progress(engine, bytes, bytes_len, progress, env, module_out)

Compiles a module from its bytes as `safewasm_module_new` does, and tells `progress` how far the
compiler is: about ten times a second, and once the module is compiled.

`bytes` is a module in the binary format, of `bytes_len` bytes. `env` is passed on to `progress`. The
module is compiled on threads as for `safewasm_compilation_new`, and given up, as by
`safewasm_compilation_delete`, when `progress` returns an error.

On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
is NULL.

May be called from any thread.

Errors: as for `safewasm_module_new`, `SAFEWASM_ERROR_NULL_POINTER`,
`SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER` and
`SAFEWASM_ERROR_LIMIT`; the error that `progress` returned; `SAFEWASM_ERROR_UNSUPPORTED` if
`progress` returns in a forked child.
"""
function safewasm_module_new_with_progress(engine, bytes, bytes_len, progress, env, module_out)
    return ccall(
        @address(safewasm_module_new_with_progress),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_module_t}}),
        engine,
        bytes,
        bytes_len,
        progress,
        env,
        module_out,
    )
end

"""
    safewasm_component_new_with_progress(engine, bytes, bytes_len, progress, env, component_out)

Compiles a component from its bytes as `safewasm_component_new` does, and tells `progress` how far the
compiler is, as `safewasm_module_new_with_progress` does for a module.

`bytes` is a component in the binary format, of `bytes_len` bytes. `env` is passed on to `progress`.
The component is given up when `progress` returns an error.

On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
failure it is NULL.

May be called from any thread.

Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
`SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER` and
`SAFEWASM_ERROR_LIMIT`; the error that `progress` returned; `SAFEWASM_ERROR_UNSUPPORTED` if the
component uses asynchronous functions or types, and if `progress` returns in a forked child.
"""
function safewasm_component_new_with_progress(engine, bytes, bytes_len, progress, env, component_out)
    return ccall(
        @address(safewasm_component_new_with_progress),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_component_t}}),
        engine,
        bytes,
        bytes_len,
        progress,
        env,
        component_out,
    )
end

"""
    safewasm_module_serialize(module_, bytes_out)

Makes the artifact of a module, which `safewasm_module_deserialize` loads. May be called from any
thread.

On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT` if no
memory is left.
"""
function safewasm_module_serialize(module_, bytes_out)
    return ccall(
        @address(safewasm_module_serialize),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{Ptr{safewasm_bytes_t}}),
        module_,
        bytes_out,
    )
end

"""
    safewasm_module_precompile(engine, wasm, wasm_len, bytes_out)

Compiles a module to an artifact, without loading its code. With `SAFEWASM_OPTION_CPU_LEVEL`, the
artifact fits each machine whose processor has that level. May be called from any thread.

`wasm` is a module in the binary format, of `wasm_len` bytes.

On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake; `SAFEWASM_ERROR_COMPILER` if
the compiler refuses a valid module; `SAFEWASM_ERROR_LIMIT` if the module is larger than the
config allows, if no thread is left to compile on, or if no memory is left for the code.
"""
function safewasm_module_precompile(engine, wasm, wasm_len, bytes_out)
    return ccall(
        @address(safewasm_module_precompile),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t, Ptr{Ptr{safewasm_bytes_t}}),
        engine,
        wasm,
        wasm_len,
        bytes_out,
    )
end

"""
    safewasm_module_deserialize(engine, bytes, bytes_len, module_out)

Loads the module of an artifact. The library doesn't use `bytes` after this function returns. May be
called from any thread.

`bytes` is an artifact of `bytes_len` bytes. It MUST come from `safewasm_module_serialize` or
`safewasm_module_precompile`, perhaps of another process, and from somebody whom you trust: its code
is going to run outside of any sandbox.

On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARTIFACT` if `bytes` are something else, were cut or were changed;
`SAFEWASM_ERROR_INCOMPATIBLE` if the code is for another version of the library, for a processor with
more features, or for another config, with what differs; `SAFEWASM_ERROR_LIMIT` if the module is
larger than the config allows, or if no memory is left.
"""
function safewasm_module_deserialize(engine, bytes, bytes_len, module_out)
    return ccall(
        @address(safewasm_module_deserialize),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t, Ptr{Ptr{safewasm_module_t}}),
        engine,
        bytes,
        bytes_len,
        module_out,
    )
end

"""
    safewasm_module_deserialize_file(engine, path, path_len, module_out)

Loads the module of an artifact in a file. The file is mapped and not read through, so that it is
fast however large the file is, and processes that load the same file share its memory. May be called
from any thread.

`path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`). The file MUST have the bytes of an
artifact, as for `safewasm_module_deserialize`, and MUST NOT be changed or cut as long as the module
or an instance of it exists. It may be deleted, or replaced by another file of its name. Of the
code, which isn't read, the library doesn't notice changes.

On success `*module_out` is a new module; delete it with `safewasm_module_delete`. On failure it
is NULL.

Errors: as for `safewasm_module_deserialize`, `SAFEWASM_ERROR_NULL_POINTER`,
`SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_ARTIFACT`, `SAFEWASM_ERROR_INCOMPATIBLE`
and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `path` isn't UTF-8, has a NUL, or is the text
of a module; `SAFEWASM_ERROR_IO`, with the operating system's error number, also if the file system
doesn't let code run.
"""
function safewasm_module_deserialize_file(engine, path, path_len, module_out)
    return ccall(
        @address(safewasm_module_deserialize_file),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_module_t}}),
        engine,
        path,
        path_len,
        module_out,
    )
end

"""
    safewasm_module_wasm(module_, data_out, len_out)

Gets the module in the binary format, from which it was compiled. May be called from any thread.

On success `*data_out` is its first byte and `*len_out` is the number of its bytes, which live until
`safewasm_module_delete`. On failure they are NULL and 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_module_wasm(module_, data_out, len_out)
    return ccall(
        @address(safewasm_module_wasm),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_module_t}, Ptr{Ptr{UInt8}}, Ptr{Csize_t}),
        module_,
        data_out,
        len_out,
    )
end

"""
    safewasm_artifact_wasm(bytes, bytes_len, data_out, len_out)

Gets the module in the binary format from an artifact, without loading its code. So a module can be
compiled again where its artifact doesn't fit: another config, processor or version of the library
doesn't matter. May be called from any thread.

`bytes` is an artifact of `bytes_len` bytes.

On success `*data_out` is the first byte of the module, which lies in `bytes`, and `*len_out` is the
number of its bytes. On failure they are NULL and 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_ARTIFACT` if `bytes` are something else,
were cut or were changed.
"""
function safewasm_artifact_wasm(bytes, bytes_len, data_out, len_out)
    return ccall(
        @address(safewasm_artifact_wasm),
        Ptr{safewasm_error_t},
        (Ptr{UInt8}, Csize_t, Ptr{Ptr{UInt8}}, Ptr{Csize_t}),
        bytes,
        bytes_len,
        data_out,
        len_out,
    )
end

"""
    safewasm_detect(bytes, bytes_len, content_out)

Finds out what bytes are, by their beginning and their end. They may still be invalid. May be called
from any thread.

On success `*content_out` is a `safewasm_content_t`. On failure it is
`SAFEWASM_CONTENT_UNKNOWN`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`.
"""
function safewasm_detect(bytes, bytes_len, content_out)
    return ccall(
        @address(safewasm_detect),
        Ptr{safewasm_error_t},
        (Ptr{UInt8}, Csize_t, Ptr{UInt32}),
        bytes,
        bytes_len,
        content_out,
    )
end

"""
    safewasm_bytes_data(bytes, data_out, len_out)

Gets the bytes.

On success `*data_out` is the first byte and `*len_out` is the number of bytes, which live until
`safewasm_bytes_delete`. On failure they are NULL and 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_bytes_data(bytes, data_out, len_out)
    return ccall(
        @address(safewasm_bytes_data),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_bytes_t}, Ptr{Ptr{UInt8}}, Ptr{Csize_t}),
        bytes,
        data_out,
        len_out,
    )
end

"""
    safewasm_bytes_is_valid(bytes)

Returns true if `bytes` is a bytes object that has not been deleted. Never fails. May be called
from any thread.
"""
function safewasm_bytes_is_valid(bytes)
    FUNCTIONS.safewasm_bytes_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_bytes_is_valid),
        Bool,
        (Ptr{safewasm_bytes_t},),
        bytes,
    )
end

"""
    safewasm_bytes_delete(bytes)

Deletes `bytes`. Does nothing if `bytes` is NULL or was deleted already. Never fails and never
waits. May be called from any thread.
"""
function safewasm_bytes_delete(bytes)
    FUNCTIONS.safewasm_bytes_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_bytes_delete),
        Cvoid,
        (Ptr{safewasm_bytes_t},),
        bytes,
    )
end

"""
    safewasm_wat2wasm(text, text_len, bytes_out)

Turns a module or a component from WebAssembly's text format into the binary format, without validating it. May
be called from any thread.

`text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`).

On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `text` isn't UTF-8;
`SAFEWASM_ERROR_INVALID_TEXT`, with the line and the column; the message also shows a line of up
to 1,000 bytes, with a mark.
"""
function safewasm_wat2wasm(text, text_len, bytes_out)
    return ccall(
        @address(safewasm_wat2wasm),
        Ptr{safewasm_error_t},
        (Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_bytes_t}}),
        text,
        text_len,
        bytes_out,
    )
end

"""
    safewasm_component_new(engine, bytes, bytes_len, component_out)

Compiles a component from its bytes. May be called from any thread.

`bytes` is a component in the binary format, of `bytes_len` bytes. The library doesn't use the
bytes after this function returns.

On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_MODULE`, with the offset of the mistake, also for a core module;
`SAFEWASM_ERROR_UNSUPPORTED` for a component that uses asynchronous functions or types;
`SAFEWASM_ERROR_COMPILER` if the compiler refuses a valid component; `SAFEWASM_ERROR_LIMIT` if the
component is larger than the config allows, if components in it are nested more than 100 deep, make
more than 10,000 instances or have more than 1,000,000 items with those of each instance, if no thread
is left to compile on, or if no memory is left for the code.
"""
function safewasm_component_new(engine, bytes, bytes_len, component_out)
    return ccall(
        @address(safewasm_component_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t, Ptr{Ptr{safewasm_component_t}}),
        engine,
        bytes,
        bytes_len,
        component_out,
    )
end

"""
    safewasm_component_new_text(engine, text, text_len, component_out)

Compiles a component from WebAssembly's text format. May be called from any thread.

`text` is UTF-8 text of `text_len` bytes (or `SAFEWASM_STRLEN`). The library doesn't use the
text after this function returns.

On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
failure it is NULL.

Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
`SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER`,
`SAFEWASM_ERROR_UNSUPPORTED` and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `text`
isn't UTF-8; `SAFEWASM_ERROR_INVALID_TEXT`, with the line and the column.
"""
function safewasm_component_new_text(engine, text, text_len, component_out)
    return ccall(
        @address(safewasm_component_new_text),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_component_t}}),
        engine,
        text,
        text_len,
        component_out,
    )
end

"""
    safewasm_component_new_file(engine, path, path_len, component_out)

Compiles a component from an ordinary file, in the binary or the text format. May be called from
any thread.

`path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`).

On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
failure it is NULL.

Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
`SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER`,
`SAFEWASM_ERROR_UNSUPPORTED` and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `path`
isn't UTF-8, has a NUL, or is the text of a component; `SAFEWASM_ERROR_IO`, with the operating
system's error number; `SAFEWASM_ERROR_INVALID_TEXT`, with the line and the column.
"""
function safewasm_component_new_file(engine, path, path_len, component_out)
    return ccall(
        @address(safewasm_component_new_file),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_component_t}}),
        engine,
        path,
        path_len,
        component_out,
    )
end

"""
    safewasm_component_serialize(component, bytes_out)

Makes the artifact of a component, which `safewasm_component_deserialize` loads. May be called from
any thread.

On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT` if no
memory is left.
"""
function safewasm_component_serialize(component, bytes_out)
    return ccall(
        @address(safewasm_component_serialize),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_component_t}, Ptr{Ptr{safewasm_bytes_t}}),
        component,
        bytes_out,
    )
end

"""
    safewasm_component_precompile(engine, wasm, wasm_len, bytes_out)

Compiles a component to an artifact, without loading its code, as `safewasm_module_precompile` does
for a module. May be called from any thread.

`wasm` is a component in the binary format, of `wasm_len` bytes.

On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure it
is NULL.

Errors: as for `safewasm_component_new`, `SAFEWASM_ERROR_NULL_POINTER`,
`SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_MODULE`, `SAFEWASM_ERROR_COMPILER`,
`SAFEWASM_ERROR_UNSUPPORTED` and `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_component_precompile(engine, wasm, wasm_len, bytes_out)
    return ccall(
        @address(safewasm_component_precompile),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t, Ptr{Ptr{safewasm_bytes_t}}),
        engine,
        wasm,
        wasm_len,
        bytes_out,
    )
end

"""
    safewasm_component_deserialize(engine, bytes, bytes_len, component_out)

Loads the component of an artifact. The library doesn't use `bytes` after this function returns. May
be called from any thread.

`bytes` is an artifact of `bytes_len` bytes. It MUST come from `safewasm_component_serialize` or
`safewasm_component_precompile`, perhaps of another process, and from somebody whom you trust: its
code is going to run outside of any sandbox.

On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARTIFACT` if `bytes` are something else, were cut or were changed;
`SAFEWASM_ERROR_INCOMPATIBLE` if the code is for another version of the library, for a processor with
more features, or for another config, with what differs; `SAFEWASM_ERROR_LIMIT` if the component is
larger than the config allows, or if no memory is left.
"""
function safewasm_component_deserialize(engine, bytes, bytes_len, component_out)
    return ccall(
        @address(safewasm_component_deserialize),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt8}, Csize_t, Ptr{Ptr{safewasm_component_t}}),
        engine,
        bytes,
        bytes_len,
        component_out,
    )
end

"""
    safewasm_component_deserialize_file(engine, path, path_len, component_out)

Loads the component of an artifact in a file. May be called from any thread.

`path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`). The file MUST have the bytes of an
artifact, as for `safewasm_component_deserialize`. It may be changed or deleted once this function
has returned.

On success `*component_out` is a new component; delete it with `safewasm_component_delete`. On
failure it is NULL.

Errors: as for `safewasm_component_deserialize`, `SAFEWASM_ERROR_NULL_POINTER`,
`SAFEWASM_ERROR_INVALID_HANDLE`, `SAFEWASM_ERROR_INVALID_ARTIFACT`, `SAFEWASM_ERROR_INCOMPATIBLE`
and `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if `path` isn't UTF-8, has a NUL, or is
the text of a component; `SAFEWASM_ERROR_IO`, with the operating system's error number.
"""
function safewasm_component_deserialize_file(engine, path, path_len, component_out)
    return ccall(
        @address(safewasm_component_deserialize_file),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_component_t}}),
        engine,
        path,
        path_len,
        component_out,
    )
end

"""
    safewasm_component_wasm(component, data_out, len_out)

Gets the component in the binary format, from which it was compiled. May be called from any thread.

On success `*data_out` is its first byte and `*len_out` is the number of its bytes, which live until
`safewasm_component_delete`. On failure they are NULL and 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_component_wasm(component, data_out, len_out)
    return ccall(
        @address(safewasm_component_wasm),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_component_t}, Ptr{Ptr{UInt8}}, Ptr{Csize_t}),
        component,
        data_out,
        len_out,
    )
end

"""
    safewasm_component_wit(component, text_out)

Gets the component's world in WIT, with the packages that it uses. Where WIT can't express a
component, the text lists its imports and exports in a notation like WIT. A text of more than a
megabyte is cut, and ends with an ellipsis. May be called from any thread.

On success `*text_out` is the text, which lives until `safewasm_component_delete`. On failure it is
NULL with length 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_component_wit(component, text_out)
    return ccall(
        @address(safewasm_component_wit),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_component_t}, Ptr{safewasm_text_t}),
        component,
        text_out,
    )
end

"""
    safewasm_component_imports_len(component, len_out)

Gets the number of the component's imports. May be called from any thread.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_component_imports_len(component, len_out)
    return ccall(
        @address(safewasm_component_imports_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_component_t}, Ptr{Csize_t}),
        component,
        len_out,
    )
end

"""
    safewasm_component_import(component, index, name_out, type_out)

Gets the import at `index`, counted from 0, in the component's order. May be called from any thread.

On success `*name_out` is its name, such as `wasi:cli/stdout@0.2.0`, which lives until
`safewasm_component_delete`, and `*type_out` is a new WIT type; delete it with
`safewasm_wittype_delete`. On failure both are NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such import.
"""
function safewasm_component_import(component, index, name_out, type_out)
    return ccall(
        @address(safewasm_component_import),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_component_t}, Csize_t, Ptr{safewasm_text_t}, Ptr{Ptr{safewasm_wittype_t}}),
        component,
        index,
        name_out,
        type_out,
    )
end

"""
    safewasm_component_exports_len(component, len_out)

Gets the number of the component's exports. May be called from any thread.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_component_exports_len(component, len_out)
    return ccall(
        @address(safewasm_component_exports_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_component_t}, Ptr{Csize_t}),
        component,
        len_out,
    )
end

"""
    safewasm_component_export(component, index, name_out, type_out)

Gets the export at `index`, counted from 0, in the component's order. May be called from any thread.

On success `*name_out` is its name, such as `wasi:cli/stdout@0.2.0`, which lives until
`safewasm_component_delete`, and `*type_out` is a new WIT type; delete it with
`safewasm_wittype_delete`. On failure both are NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such export.
"""
function safewasm_component_export(component, index, name_out, type_out)
    return ccall(
        @address(safewasm_component_export),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_component_t}, Csize_t, Ptr{safewasm_text_t}, Ptr{Ptr{safewasm_wittype_t}}),
        component,
        index,
        name_out,
        type_out,
    )
end

"""
    safewasm_component_clone(component, component_out)

Creates another handle of the same component, which is reference-counted. It keeps the component, and
the texts that were borrowed from it, alive while other owners delete their handles. May be called
from any thread.

On success `*component_out` is a new handle of the component; delete it with
`safewasm_component_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_component_clone(component, component_out)
    return ccall(
        @address(safewasm_component_clone),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_component_t}, Ptr{Ptr{safewasm_component_t}}),
        component,
        component_out,
    )
end

"""
    safewasm_component_is_valid(component)

Returns true if `component` is a component that has not been deleted. Never fails. May be called from
any thread.
"""
function safewasm_component_is_valid(component)
    FUNCTIONS.safewasm_component_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_component_is_valid),
        Bool,
        (Ptr{safewasm_component_t},),
        component,
    )
end

"""
    safewasm_component_delete(component)

Deletes the handle `component`. Its instances and its other handles live on. Does nothing if
`component` is NULL or was deleted already. Never fails and never waits. May be called from any
thread.
"""
function safewasm_component_delete(component)
    FUNCTIONS.safewasm_component_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_component_delete),
        Cvoid,
        (Ptr{safewasm_component_t},),
        component,
    )
end

"""
    safewasm_wittype_nodes(wittype, nodes_out, len_out)

Gets the nodes of a type, in pre-order: a node, followed by the nodes of its children. May be called
from any thread.

On success `*nodes_out` is the first node and `*len_out` is the number of nodes, at least 1. The nodes
and their texts live until `safewasm_wittype_delete`. On failure they are NULL and 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wittype_nodes(wittype, nodes_out, len_out)
    return ccall(
        @address(safewasm_wittype_nodes),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wittype_t}, Ptr{Ptr{safewasm_witnode_t}}, Ptr{Csize_t}),
        wittype,
        nodes_out,
        len_out,
    )
end

"""
    safewasm_wittype_items_len(wittype, len_out)

Gets the number of the items of an interface, or of the exports of a component. It is 0 for other
types. May be called from any thread.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wittype_items_len(wittype, len_out)
    return ccall(
        @address(safewasm_wittype_items_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wittype_t}, Ptr{Csize_t}),
        wittype,
        len_out,
    )
end

"""
    safewasm_wittype_item(wittype, index, name_out, type_out)

Gets the item at `index`, counted from 0, of an interface or a component. The functions of a resource
type `r` are named `[constructor]r`, `[method]r.name` and `[static]r.name`. May be called from any
thread.

On success `*name_out` is its name, which lives until `safewasm_wittype_delete` of `wittype`, and
`*type_out` is a new WIT type; delete it with `safewasm_wittype_delete`. On failure both are NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such item.
"""
function safewasm_wittype_item(wittype, index, name_out, type_out)
    return ccall(
        @address(safewasm_wittype_item),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wittype_t}, Csize_t, Ptr{safewasm_text_t}, Ptr{Ptr{safewasm_wittype_t}}),
        wittype,
        index,
        name_out,
        type_out,
    )
end

"""
    safewasm_wittype_text(wittype, text_out)

Gets a type as text in WIT, for people: `func(text: string) -> list<u8>`. A text of more than a
megabyte is cut, and ends with an ellipsis. May be called from any thread.

On success `*text_out` is the text, which lives until `safewasm_wittype_delete`. On failure it is NULL
with length 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wittype_text(wittype, text_out)
    return ccall(
        @address(safewasm_wittype_text),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wittype_t}, Ptr{safewasm_text_t}),
        wittype,
        text_out,
    )
end

"""
    safewasm_wittype_is_valid(wittype)

Returns true if `wittype` is a WIT type that has not been deleted. Never fails. May be called from any
thread.
"""
function safewasm_wittype_is_valid(wittype)
    FUNCTIONS.safewasm_wittype_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_wittype_is_valid),
        Bool,
        (Ptr{safewasm_wittype_t},),
        wittype,
    )
end

"""
    safewasm_wittype_delete(wittype)

Deletes `wittype`. Does nothing if `wittype` is NULL or was deleted already. Never fails and never
waits. May be called from any thread.
"""
function safewasm_wittype_delete(wittype)
    FUNCTIONS.safewasm_wittype_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_wittype_delete),
        Cvoid,
        (Ptr{safewasm_wittype_t},),
        wittype,
    )
end

"""
    safewasm_store_new(engine, store_out)

Creates a store of `engine`.

On success `*store_out` is a new store; delete it with `safewasm_store_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_store_new(engine, store_out)
    return ccall(
        @address(safewasm_store_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Ptr{safewasm_store_t}}),
        engine,
        store_out,
    )
end

"""
    safewasm_store_engine(store, engine_out)

Gets the engine of a store.

On success `*engine_out` is a new handle of the engine; delete it with `safewasm_engine_delete`.
On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_engine(store, engine_out)
    return ccall(
        @address(safewasm_store_engine),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{Ptr{safewasm_engine_t}}),
        store,
        engine_out,
    )
end

"""
    safewasm_store_set_data(store, data, finalizer)

Attaches a pointer of the program to `store`. It replaces a pointer that was attached before.

`data` is any pointer. `safewasm_store_data` returns it, and so does `safewasm_caller_data` in a
host function. The library calls `finalizer` with `data` once, on any thread: after another
pointer has taken its place, when the store is freed, or if this function fails.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_set_data(store, data, finalizer)
    return ccall(
        @address(safewasm_store_set_data),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{Cvoid}, Ptr{Cvoid}),
        store,
        data,
        finalizer,
    )
end

"""
    safewasm_store_data(store, data_out)

Gets the pointer that `safewasm_store_set_data` attached to `store`.

On success `*data_out` is the pointer, or NULL if there is none. It still belongs to the store:
its finalizer runs when another pointer takes its place or the store is freed. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_data(store, data_out)
    return ccall(
        @address(safewasm_store_data),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{Ptr{Cvoid}}),
        store,
        data_out,
    )
end

"""
    safewasm_store_collect(store)

Collects the store's garbage: frees the objects that neither wasm nor a handle can reach any
more. Wasmtime also does this itself when the store's heap is full.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_collect(store)
    return ccall(
        @address(safewasm_store_collect),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t},),
        store,
    )
end

"""
    safewasm_store_is_valid(store)

Returns true if `store` is a store that has not been deleted. Never fails. May be called from
any thread.
"""
function safewasm_store_is_valid(store)
    FUNCTIONS.safewasm_store_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_store_is_valid),
        Bool,
        (Ptr{safewasm_store_t},),
        store,
    )
end

"""
    safewasm_store_delete(store)

Deletes `store`, and with it all instances, funcs, memories, tables, globals, tags and
references in it. Their handles become invalid. Does nothing if `store` is NULL or was deleted
already. Never fails and never waits. May be called from any thread.

If a thread is using the store, the store is freed when that thread leaves it. A call of wasm
that runs there ends with the trap `SAFEWASM_TRAP_INTERRUPT` when wasm next reaches a loop or
the start of a function, if the engine's config has epoch interruption. Without it, the call
runs to its end. Memory that a view shows stays mapped until the view is deleted.
"""
function safewasm_store_delete(store)
    FUNCTIONS.safewasm_store_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_store_delete),
        Cvoid,
        (Ptr{safewasm_store_t},),
        store,
    )
end

"""
    safewasm_store_set_fuel(store, fuel)

Sets the fuel of `store`. Wasm consumes about one unit for each instruction. A call that has no
fuel left ends with the trap `SAFEWASM_TRAP_OUT_OF_FUEL`, and so does each later call until fuel
is added. A new store has no fuel. `safewasm_store_fuel_consumed` starts again at 0.

A call that is interrupted or traps takes all the fuel that is left, since its consumption isn't
known. A call takes only the fuel that it consumed if it ends by a return, by an error of a host
function, by an exception, or by one of the traps `SAFEWASM_TRAP_UNREACHABLE`,
`SAFEWASM_TRAP_STACK_OVERFLOW`, `SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL` and
`SAFEWASM_TRAP_BAD_SIGNATURE`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_set_fuel(store, fuel)
    return ccall(
        @address(safewasm_store_set_fuel),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        fuel,
    )
end

"""
    safewasm_store_add_fuel(store, fuel)

Adds to the fuel of `store`, up to `UINT64_MAX`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_add_fuel(store, fuel)
    return ccall(
        @address(safewasm_store_add_fuel),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        fuel,
    )
end

"""
    safewasm_store_fuel(store, fuel_out)

Gets the fuel that `store` has left.

On success `*fuel_out` is the fuel. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_fuel(store, fuel_out)
    return ccall(
        @address(safewasm_store_fuel),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{UInt64}),
        store,
        fuel_out,
    )
end

"""
    safewasm_store_fuel_consumed(store, fuel_out)

Gets the fuel that wasm in `store` has consumed since `safewasm_store_set_fuel`, up to
`UINT64_MAX`.

On success `*fuel_out` is the fuel. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no fuel; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_fuel_consumed(store, fuel_out)
    return ccall(
        @address(safewasm_store_fuel_consumed),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{UInt64}),
        store,
        fuel_out,
    )
end

"""
    safewasm_store_set_memory_limit(store, bytes)

Sets how many bytes all memories of the store may have together. `UINT64_MAX`, the initial
value, means no limit.

Beyond the limit `memory.grow` returns -1, and making an instance or memory that needs more
fails with `SAFEWASM_ERROR_LIMIT`. Memories that exist already stay as they are. The heap of
garbage-collected structures and arrays counts too. Shared memories belong to no store and don't
count, with one exception: a shared memory that a module of the store defines counts with its
initial size.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_set_memory_limit(store, bytes)
    return ccall(
        @address(safewasm_store_set_memory_limit),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        bytes,
    )
end

"""
    safewasm_store_set_table_limit(store, elements)

Sets how many elements all tables of the store may have together. `UINT64_MAX`, the initial
value, means no limit.

Beyond the limit `table.grow` returns -1, and making an instance or table that needs more fails
with `SAFEWASM_ERROR_LIMIT`. Tables that exist already stay as they are.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_set_table_limit(store, elements)
    return ccall(
        @address(safewasm_store_set_table_limit),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        elements,
    )
end

"""
    safewasm_store_set_instance_limit(store, instances)

Sets how many instances may be made in the store. The initial value is 10,000. Making one more
fails with `SAFEWASM_ERROR_LIMIT`.

Instances live as long as the store, so they still count after their handles were deleted. Each
call of a command counts as an instance; see `safewasm_linker_define_module`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_set_instance_limit(store, instances)
    return ccall(
        @address(safewasm_store_set_instance_limit),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        instances,
    )
end

"""
    safewasm_store_interrupt(store)

Ends the call that runs in `store` with the trap `SAFEWASM_TRAP_INTERRUPT`, when wasm next
reaches a loop or the start of a function. A running host function is not interrupted; the trap
follows when it returns to wasm. If no call runs, this function does nothing. The store stays
usable.

A call that was refused with `SAFEWASM_ERROR_TASK` counts as waiting until that error is
deleted. If the store is interrupted in that time, the next call of the same task in the store
ends with the trap. A program that waits and calls again therefore deletes the error after the
second call.

May be called from any thread, even while another thread uses the store.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
"""
function safewasm_store_interrupt(store)
    return ccall(
        @address(safewasm_store_interrupt),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t},),
        store,
    )
end

"""
    safewasm_store_set_deadline(store, nanoseconds)

Sets the deadline of `store`: `nanoseconds` from now. Calls end with the trap
`SAFEWASM_TRAP_INTERRUPT` once it has passed: the call that runs and each later one, until the
deadline is set again. `UINT64_MAX`, the initial value, means no deadline.

A running host function is not interrupted; the trap follows when it returns to wasm. A deadline
doesn't wake a thread that waits on a shared memory (`memory.atomic.wait32`, `wait64`). It
doesn't stop a single instruction that works on much memory, such as `memory.fill` of 4 GiB,
before that instruction is done.

May be called from any thread, even while another thread uses the store.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption;
`SAFEWASM_ERROR_LIMIT` if the system has no thread left for the clock.
"""
function safewasm_store_set_deadline(store, nanoseconds)
    return ccall(
        @address(safewasm_store_set_deadline),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        nanoseconds,
    )
end

"""
    safewasm_store_set_epoch_deadline(store, ticks)

Sets the epoch deadline of `store`. Calls end with the trap `SAFEWASM_TRAP_INTERRUPT` after
`safewasm_engine_increment_epoch` has been called `ticks` more times. `UINT64_MAX`, the initial
value, means no epoch deadline.

May be called from any thread, even while another thread uses the store.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
"""
function safewasm_store_set_epoch_deadline(store, ticks)
    return ccall(
        @address(safewasm_store_set_epoch_deadline),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        ticks,
    )
end

"""
    safewasm_engine_increment_epoch(engine, epoch_out)

Increments the engine's epoch by one. Calls end in each of its stores whose epoch deadline is
reached; see `safewasm_store_set_epoch_deadline`.

On success `*epoch_out` is the new epoch. On failure it is 0.

May be called from any thread.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
"""
function safewasm_engine_increment_epoch(engine, epoch_out)
    return ccall(
        @address(safewasm_engine_increment_epoch),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{UInt64}),
        engine,
        epoch_out,
    )
end

"""
    safewasm_store_begin_timeout(store, nanoseconds, scope, timeout_out)

Begins a time limit. Calls of wasm in `store` that still run `nanoseconds` after the clock of
the time limit has started end with the trap `SAFEWASM_TRAP_INTERRUPT`, and so does each later
call until `safewasm_store_end_timeout`. `UINT64_MAX` means no limit.

The clock starts at the first attempt to run wasm in the store, including the start function of
an instance. Work that the program does before that, such as compiling its own code, doesn't
count. An attempt that is refused with `SAFEWASM_ERROR_TASK` starts the clock too: the time that
a task waits for its turn counts, and an attempt after the end of the time ends with the trap.
The clock stops during the first run of a host function if the hooks of the engine ask for that;
see `compiles_late` of `safewasm_hooks_t`.

`scope`, a `safewasm_timeout_scope_t`, selects the calls that the limit applies to. A store may
have several time limits and a deadline; the earliest end counts. A running host function is not
interrupted; the trap follows when it returns to wasm.

On success `*timeout_out` is the number of the time limit, never 0; end it with
`safewasm_store_end_timeout`. On failure it is 0.

May be called from any thread, even while another thread uses the store.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such `scope`; `SAFEWASM_ERROR_UNSUPPORTED` if
the engine's config has no epoch interruption; `SAFEWASM_ERROR_LIMIT` if the system has no
thread left for the clock.
"""
function safewasm_store_begin_timeout(store, nanoseconds, scope, timeout_out)
    return ccall(
        @address(safewasm_store_begin_timeout),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64, UInt32, Ptr{UInt64}),
        store,
        nanoseconds,
        scope,
        timeout_out,
    )
end

"""
    safewasm_store_end_timeout(store, timeout)

Ends a time limit that `safewasm_store_begin_timeout` began. Time limits may end in any order;
the others stay. If `timeout` is 0, this function does nothing. Deleting a store ends its time
limits.

May be called from any thread, even while another thread uses the store.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `timeout` is not a time limit of the store or has ended;
`SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption.
"""
function safewasm_store_end_timeout(store, timeout)
    return ccall(
        @address(safewasm_store_end_timeout),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64),
        store,
        timeout,
    )
end

"""
    safewasm_store_profile_start(store, interval, max_samples)

Starts to record a profile of `store`: a sample of the functions that are being called, each
`interval` nanoseconds while wasm runs in the store. `interval` is at least 100,000; 0 means
1,000,000, a thousand samples a second.

A sample is taken when wasm next reaches a loop or the start of a function, and has the innermost
functions, as many as a backtrace. When a host function returns and an interval has passed, a
sample is taken whose innermost frame stands for the host function. Time between calls isn't
sampled. The profile ends with `safewasm_store_profile_stop`; if the store is deleted before, it
is lost. In a forked child no samples are taken.

The profile keeps at most `max_samples` samples, up to 10,000,000; 0 means 100,000. It also keeps
at most 16 times as many frames of different stacks, and 16,384 places in the code. Samples for
which there is no room are counted and dropped.

Meanwhile each store of the engine checks whether its calls must end each `interval` nanoseconds.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` for a number that is out of range, and if a profile of the store
is recorded already; `SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch
interruption, or no backtraces; `SAFEWASM_ERROR_LIMIT` if the system has no thread left for the
clock; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_profile_start(store, interval, max_samples)
    return ccall(
        @address(safewasm_store_profile_start),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt64, Csize_t),
        store,
        interval,
        max_samples,
    )
end

"""
    safewasm_store_profile_stop(store, profile_out)

Ends the profile that is recorded of `store`. A host function may call it too.

On success `*profile_out` is a new profile; delete it with `safewasm_profile_delete`. On failure
it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_NOT_FOUND`
if no profile is recorded; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_profile_stop(store, profile_out)
    return ccall(
        @address(safewasm_store_profile_stop),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{Ptr{safewasm_profile_t}}),
        store,
        profile_out,
    )
end

"""
    safewasm_profile_data(profile, data_out)

Gets a profile as data: samples, their stacks, and the frames in them.

On success `*data_out` has the data, which live until `safewasm_profile_delete`. On failure it is
all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_profile_data(profile, data_out)
    return ccall(
        @address(safewasm_profile_data),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_profile_t}, Ptr{safewasm_profile_data_t}),
        profile,
        data_out,
    )
end

"""
    safewasm_profile_firefox(profile, bytes_out)

Writes a profile in the format of the Firefox profiler, as JSON that <https://profiler.firefox.com>
opens. Names of more than 200 bytes are cut, and control characters in them are escaped. Mangled
names stay as they are.

On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure
it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`, also
for more than 2,000,000 samples, or places in their stacks.
"""
function safewasm_profile_firefox(profile, bytes_out)
    return ccall(
        @address(safewasm_profile_firefox),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_profile_t}, Ptr{Ptr{safewasm_bytes_t}}),
        profile,
        bytes_out,
    )
end

"""
    safewasm_profile_collapsed(profile, bytes_out)

Writes a profile as collapsed stacks, the text that programs for flame graphs read: for each
different stack a line with its functions, outermost first and with semicolons between them, a
space, and its weight. Names are as in `safewasm_profile_firefox`; a semicolon in a name becomes a
colon.

On success `*bytes_out` is a new bytes object; delete it with `safewasm_bytes_delete`. On failure
it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`, also
if the text would have more than 256 MiB.
"""
function safewasm_profile_collapsed(profile, bytes_out)
    return ccall(
        @address(safewasm_profile_collapsed),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_profile_t}, Ptr{Ptr{safewasm_bytes_t}}),
        profile,
        bytes_out,
    )
end

"""
    safewasm_profile_is_valid(profile)

Returns true if `profile` is a profile that has not been deleted. Never fails. May be called from
any thread.
"""
function safewasm_profile_is_valid(profile)
    FUNCTIONS.safewasm_profile_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_profile_is_valid),
        Bool,
        (Ptr{safewasm_profile_t},),
        profile,
    )
end

"""
    safewasm_profile_delete(profile)

Deletes `profile`. Does nothing if `profile` is NULL or was deleted already. Never fails and never
waits. May be called from any thread.
"""
function safewasm_profile_delete(profile)
    FUNCTIONS.safewasm_profile_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_profile_delete),
        Cvoid,
        (Ptr{safewasm_profile_t},),
        profile,
    )
end

"""
    safewasm_config_set_sandbox(config, sandbox)

Sets a config for modules that nobody trusts: limits the size of modules as `sandbox` says, turns
epoch interruption on, and turns native debug info and shared memories off. Fuel is on if
`sandbox` limits it, and off otherwise. All other settings stay as they are.

`sandbox` may be NULL, which selects the defaults. `safewasm_store_set_sandbox` gives each store
of the engine its limits.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_config_set_sandbox(config, sandbox)
    return ccall(
        @address(safewasm_config_set_sandbox),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Ptr{safewasm_sandbox_t}),
        config,
        sandbox,
    )
end

"""
    safewasm_store_set_sandbox(store, sandbox)

Limits the time, fuel, memory, tables and instances of a store as `sandbox` says. Call it before
the store runs wasm.

`sandbox` may be NULL, which selects the defaults. The time is that of all calls in the store
together, from the first one on, as after `safewasm_store_begin_timeout`. A store that is used
again needs new limits: this function replaces those that it set before, and the clock starts
again. If the engine has fuel and `sandbox` doesn't limit it, the store gets `UINT64_MAX`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` if `sandbox` limits the time and the engine's config has no epoch
interruption, or limits the fuel and it has no fuel; `SAFEWASM_ERROR_LIMIT` if the system has no
thread left for the clock; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_set_sandbox(store, sandbox)
    return ccall(
        @address(safewasm_store_set_sandbox),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_sandbox_t}),
        store,
        sandbox,
    )
end

"""
    safewasm_extern_delete(item)

Deletes the handle in `*item`, whatever its kind, and sets `*item` to zero. Does nothing if
`item` is NULL or the handle was deleted already. Never fails and never waits. May be called
from any thread.
"""
function safewasm_extern_delete(item)
    FUNCTIONS.safewasm_extern_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_extern_delete),
        Cvoid,
        (Ptr{safewasm_extern_t},),
        item,
    )
end

"""
    safewasm_instance_new(store, module_, imports, imports_len, instance_out)

Creates an instance of `module` in `store`.

`imports` holds `imports_len` externs of the same store, in the order of the module's imports.
If the module has a start function, it runs now, so this function can trap. A store holds up to
10,000 instances (`safewasm_store_set_instance_limit`); the memory of an instance is freed with
the store.

On success `*instance_out` is a new instance; delete it with `safewasm_instance_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_STORE` if an import belongs to another store;
`SAFEWASM_ERROR_WRONG_ENGINE` if the module belongs to another engine than the store;
`SAFEWASM_ERROR_LINK`, with the names of the missing imports or of the import with the wrong
type; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from the start function, and the
errors that its host functions return; `SAFEWASM_ERROR_UNSUPPORTED` if the module has a shared
memory and the engine's config allows none; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_instance_new(store, module_, imports, imports_len, instance_out)
    return ccall(
        @address(safewasm_instance_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_module_t}, Ptr{safewasm_extern_t}, Csize_t, Ptr{Ptr{safewasm_instance_t}}),
        store,
        module_,
        imports,
        imports_len,
        instance_out,
    )
end

"""
    safewasm_instance_exports_len(instance, len_out)

Gets the number of the instance's exports.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_instance_exports_len(instance, len_out)
    return ccall(
        @address(safewasm_instance_exports_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Csize_t}),
        instance,
        len_out,
    )
end

"""
    safewasm_instance_export(instance, name, name_len, export_out)

Gets the export called `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`).

On success `*export_out` is the export, with a new handle; delete it with
`safewasm_extern_delete`. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
names that the instance exports; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_instance_export(instance, name, name_len, export_out)
    return ccall(
        @address(safewasm_instance_export),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{safewasm_extern_t}),
        instance,
        name,
        name_len,
        export_out,
    )
end

"""
    safewasm_instance_func(instance, name, name_len, func_out)

Gets the function that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
`SAFEWASM_STRLEN`).

On success `*func_out` is a new handle of the function; delete it with `safewasm_func_delete`.
On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind
of the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_instance_func(instance, name, name_len, func_out)
    return ccall(
        @address(safewasm_instance_func),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_func_t}}),
        instance,
        name,
        name_len,
        func_out,
    )
end

"""
    safewasm_instance_memory(instance, name, name_len, memory_out)

Gets the memory that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
`SAFEWASM_STRLEN`). `safewasm_instance_export` gets shared memories.

On success `*memory_out` is a new handle of the memory; delete it with `safewasm_memory_delete`.
On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind
of the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_instance_memory(instance, name, name_len, memory_out)
    return ccall(
        @address(safewasm_instance_memory),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_memory_t}}),
        instance,
        name,
        name_len,
        memory_out,
    )
end

"""
    safewasm_instance_global(instance, name, name_len, global_out)

Gets the global that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
`SAFEWASM_STRLEN`).

On success `*global_out` is a new handle of the global; delete it with `safewasm_global_delete`.
On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind
of the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_instance_global(instance, name, name_len, global_out)
    return ccall(
        @address(safewasm_instance_global),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_global_t}}),
        instance,
        name,
        name_len,
        global_out,
    )
end

"""
    safewasm_instance_table(instance, name, name_len, table_out)

Gets the table that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
`SAFEWASM_STRLEN`).

On success `*table_out` is a new handle of the table; delete it with `safewasm_table_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind
of the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_instance_table(instance, name, name_len, table_out)
    return ccall(
        @address(safewasm_instance_table),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_table_t}}),
        instance,
        name,
        name_len,
        table_out,
    )
end

"""
    safewasm_instance_tag(instance, name, name_len, tag_out)

Gets the tag that `instance` exports as `name`, UTF-8 text of `name_len` bytes (or
`SAFEWASM_STRLEN`).

On success `*tag_out` is a new handle of the tag; delete it with `safewasm_tag_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the
names of the exports, if there is no such export; `SAFEWASM_ERROR_TYPE_MISMATCH`, with the kind
of the export, if it is of another kind; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_instance_tag(instance, name, name_len, tag_out)
    return ccall(
        @address(safewasm_instance_tag),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_tag_t}}),
        instance,
        name,
        name_len,
        tag_out,
    )
end

"""
    safewasm_instance_export_at(instance, index, export_out)

Gets the export at `index`, counted from 0, in the module's order. `safewasm_module_export` of
the module (`safewasm_instance_module`) gets its name.

On success `*export_out` is the export, with a new handle; delete it with
`safewasm_extern_delete`. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such export; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_instance_export_at(instance, index, export_out)
    return ccall(
        @address(safewasm_instance_export_at),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Csize_t, Ptr{safewasm_extern_t}),
        instance,
        index,
        export_out,
    )
end

"""
    safewasm_instance_module(instance, module_out)

Gets the module that the instance was made from.

On success `*module_out` is a new handle of the module; delete it with `safewasm_module_delete`.
On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_instance_module(instance, module_out)
    return ccall(
        @address(safewasm_instance_module),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{Ptr{safewasm_module_t}}),
        instance,
        module_out,
    )
end

"""
    safewasm_instance_is_valid(instance)

Returns true if `instance` is an instance that has not been deleted and whose store has not been
deleted. Never fails. May be called from any thread.
"""
function safewasm_instance_is_valid(instance)
    FUNCTIONS.safewasm_instance_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_instance_is_valid),
        Bool,
        (Ptr{safewasm_instance_t},),
        instance,
    )
end

"""
    safewasm_instance_delete(instance)

Deletes the handle `instance`. The instance itself lives as long as its store. Does nothing if
`instance` is NULL or was deleted already. Never fails and never waits. May be called from any
thread.
"""
function safewasm_instance_delete(instance)
    FUNCTIONS.safewasm_instance_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_instance_delete),
        Cvoid,
        (Ptr{safewasm_instance_t},),
        instance,
    )
end

"""
    safewasm_func_new(store, functype, callback, env, finalizer, func_out)

Creates a host function of the type `functype`, which belongs to the store's engine.

Wasm's calls go to `callback`, with `env`. The library calls `finalizer` with `env` when the
function can't be called any more, at the latest when the store is freed, and also if this
function fails.

On success `*func_out` is a new func; delete it with `safewasm_func_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_func_new(store, functype, callback, env, finalizer, func_out)
    return ccall(
        @address(safewasm_func_new),
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

"""
    safewasm_func_new_slots(store, functype, callback, env, finalizer, func_out)

Creates a host function of numbers and vectors, which takes and returns bare slots. Calls of it
are faster. Otherwise the same as `safewasm_func_new`.

On success `*func_out` is a new func; delete it with `safewasm_func_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_UNSUPPORTED` if the type has references;
`SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_func_new_slots(store, functype, callback, env, finalizer, func_out)
    return ccall(
        @address(safewasm_func_new_slots),
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

"""
    safewasm_func_type(func, functype_out)

Gets the type of a function.

On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_func_type(func, functype_out)
    return ccall(
        @address(safewasm_func_type),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_func_t}, Ptr{Ptr{safewasm_functype_t}}),
        func,
        functype_out,
    )
end

"""
    safewasm_func_call(func, args, args_len, results, results_len)

Calls a function. The number and the kinds of the arguments are checked.

`args` holds `args_len` values, one for each parameter. `results` has room for `results_len`
values, one for each result. `args` and `results` may overlap.

On success `results` holds the results; delete the handles of references among them. On failure
all of them are zero, with kind 0. The store stays usable after a trap.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH`, with the function's signature; `SAFEWASM_ERROR_WRONG_STORE` if a
reference belongs to another store; `SAFEWASM_ERROR_TRAP`; `SAFEWASM_ERROR_EXCEPTION`; the
errors that host functions return; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_func_call(func, args, args_len, results, results_len)
    return ccall(
        @address(safewasm_func_call),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_func_t}, Ptr{safewasm_val_t}, Csize_t, Ptr{safewasm_val_t}, Csize_t),
        func,
        args,
        args_len,
        results,
        results_len,
    )
end

"""
    safewasm_func_call_slots(func, slots, slots_len)

Calls a function whose parameters and results are all numbers or vectors, with arguments and
results in bare slots. This is faster than `safewasm_func_call`.

`slots` holds the arguments from its first slot on, and takes the results from its first slot
on. `slots_len` is the number of parameters or of results, whichever is larger. The function's
type says which member of each slot is set. A function's type never changes, so it is enough to
get it once, with `safewasm_func_type`.

If the call is refused, the slots are unchanged. After a trap their contents are unspecified.
The store stays usable after a trap.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` for another number of slots, with the function's signature;
`SAFEWASM_ERROR_UNSUPPORTED` if the function has references; `SAFEWASM_ERROR_TRAP`;
`SAFEWASM_ERROR_EXCEPTION`; the errors that host functions return; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_func_call_slots(func, slots, slots_len)
    return ccall(
        @address(safewasm_func_call_slots),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_func_t}, Ptr{safewasm_slot_t}, Csize_t),
        func,
        slots,
        slots_len,
    )
end

"""
    safewasm_func_clone(func, func_out)

Creates another handle of the same function, for instance in a host function that keeps one of
its arguments.

On success `*func_out` is a new func; delete it with `safewasm_func_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_func_clone(func, func_out)
    return ccall(
        @address(safewasm_func_clone),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_func_t}, Ptr{Ptr{safewasm_func_t}}),
        func,
        func_out,
    )
end

"""
    safewasm_func_same(func, other, same_out)

Compares two handles of one store. A function that an instance re-exports, or that a linker
returned twice, may count as different.

On success `*same_out` is 1 if both stand for the same function, and 0 otherwise. On failure it
is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_func_same(func, other, same_out)
    return ccall(
        @address(safewasm_func_same),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_func_t}, Ptr{safewasm_func_t}, Ptr{UInt32}),
        func,
        other,
        same_out,
    )
end

"""
    safewasm_func_is_valid(func)

Returns true if `func` is a func that has not been deleted and whose store has not been deleted.
Never fails. May be called from any thread.
"""
function safewasm_func_is_valid(func)
    FUNCTIONS.safewasm_func_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_func_is_valid),
        Bool,
        (Ptr{safewasm_func_t},),
        func,
    )
end

"""
    safewasm_func_delete(func)

Deletes the handle `func`. The function itself lives as long as its store. Does nothing if
`func` is NULL or was deleted already. Never fails and never waits. May be called from any
thread.
"""
function safewasm_func_delete(func)
    FUNCTIONS.safewasm_func_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_func_delete),
        Cvoid,
        (Ptr{safewasm_func_t},),
        func,
    )
end

"""
    safewasm_caller_export(caller, name, name_len, export_out)

Gets the export called `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`), of the
instance that called the host function.

On success `*export_out` is the export, with a new handle; delete it with
`safewasm_extern_delete`. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, also if the
program called the host function itself; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_caller_export(caller, name, name_len, export_out)
    return ccall(
        @address(safewasm_caller_export),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_caller_t}, Ptr{Cchar}, Csize_t, Ptr{safewasm_extern_t}),
        caller,
        name,
        name_len,
        export_out,
    )
end

"""
    safewasm_caller_memory(caller, name, name_len, data_out, len_out)

Gets the bytes of the memory that the calling instance exports as `name`, UTF-8 text of
`name_len` bytes (or `SAFEWASM_STRLEN`). This makes no handle, so it suits host functions that
read or write many bytes.

On success `*data_out` is the memory's first byte and `*len_out` is its size in bytes. On
failure they are NULL and 0. They are valid until the host function returns or until the memory
may have grown: by a call of wasm in the store, or by `safewasm_memory_grow`. An address from
wasm MUST be compared with `*len_out` before it is used; `safewasm_memory_read` does this
itself.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, also if the
program called the host function itself; `SAFEWASM_ERROR_TYPE_MISMATCH` if the export is not a
memory; `SAFEWASM_ERROR_UNSUPPORTED` for a shared memory, whose bytes other threads may change
(read it with `safewasm_sharedmemory_read`); `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_caller_memory(caller, name, name_len, data_out, len_out)
    return ccall(
        @address(safewasm_caller_memory),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_caller_t}, Ptr{Cchar}, Csize_t, Ptr{Ptr{UInt8}}, Ptr{Csize_t}),
        caller,
        name,
        name_len,
        data_out,
        len_out,
    )
end

"""
    safewasm_caller_store(caller, store_out)

Gets the store in which the host function runs.

On success `*store_out` is the store's own handle, not a new one. The program that created the
store still owns it; `safewasm_store_delete` deletes the store. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_caller_store(caller, store_out)
    return ccall(
        @address(safewasm_caller_store),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_caller_t}, Ptr{Ptr{safewasm_store_t}}),
        caller,
        store_out,
    )
end

"""
    safewasm_caller_data(caller, data_out)

Gets the pointer that `safewasm_store_set_data` attached to the store in which the host function
runs.

On success `*data_out` is the pointer, or NULL if there is none; it still belongs to the store. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_caller_data(caller, data_out)
    return ccall(
        @address(safewasm_caller_data),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_caller_t}, Ptr{Ptr{Cvoid}}),
        caller,
        data_out,
    )
end

"""
    safewasm_caller_is_valid(caller)

Returns true if `caller` is the caller of a host function that runs on this thread. Never fails.
May be called from any thread.
"""
function safewasm_caller_is_valid(caller)
    FUNCTIONS.safewasm_caller_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_caller_is_valid),
        Bool,
        (Ptr{safewasm_caller_t},),
        caller,
    )
end

"""
    safewasm_func_call_bulk(func, count, args, args_len, results, results_len)

Calls a function of numbers and vectors `count` times, each time with the next value of each
column. This does the same as a loop over `safewasm_func_call_slots`, at a smaller cost for each
call.

`args` holds `args_len` columns, one for each parameter. `results` holds `results_len` columns,
one for each result, to which the results are written. The columns' `data` may be NULL if
`count` is 0.

The calls run in order. A call's arguments are read after the results of the earlier calls are
written and before its own results are written, so a result may overwrite arguments, those of
later calls too. The values that wasm or a host function finds in the columns during the calls
are unspecified. A column MUST NOT lie in a memory that the calls may grow.

If a call fails, this function fails with that call's error, whose message has the number of the
call. The results of the earlier calls are written, and the later calls are not made. The store
stays usable after a trap.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` for another number of columns, with the function's signature;
`SAFEWASM_ERROR_UNSUPPORTED` if the function has references; `SAFEWASM_ERROR_TRAP`;
`SAFEWASM_ERROR_EXCEPTION`; the errors that host functions return; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_func_call_bulk(func, count, args, args_len, results, results_len)
    return ccall(
        @address(safewasm_func_call_bulk),
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

"""
    safewasm_memory_new(store, memorytype, memory_out)

Creates a memory of the type `*memorytype`, with all bytes zero. A `page_size` of 0 means
65,536.

On success `*memory_out` is a new memory; delete it with `safewasm_memory_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type, or if it is shared;
`SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_memory_new(store, memorytype, memory_out)
    return ccall(
        @address(safewasm_memory_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_memorytype_t}, Ptr{Ptr{safewasm_memory_t}}),
        store,
        memorytype,
        memory_out,
    )
end

"""
    safewasm_memory_grow(memory, delta, previous_out)

Adds `delta` pages, all zero, to a memory. The memory may move: read the cells of its views
again.

On success `*previous_out` is the size before, in pages. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`
beyond the memory's maximum or the store's limit; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_memory_grow(memory, delta, previous_out)
    return ccall(
        @address(safewasm_memory_grow),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, UInt64, Ptr{UInt64}),
        memory,
        delta,
        previous_out,
    )
end

"""
    safewasm_memory_type(memory, type_out)

Gets the type of a memory.

On success `*type_out` is the type; its `min` is the present size in pages. On failure it is all
zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_memory_type(memory, type_out)
    return ccall(
        @address(safewasm_memory_type),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, Ptr{safewasm_memorytype_t}),
        memory,
        type_out,
    )
end

"""
    safewasm_memory_len(memory, len_out)

Gets the size of a memory in bytes.

On success `*len_out` is the size. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_memory_len(memory, len_out)
    return ccall(
        @address(safewasm_memory_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, Ptr{Csize_t}),
        memory,
        len_out,
    )
end

"""
    safewasm_memory_read(memory, address, data, len)

Copies `len` bytes from `address`, an offset into the memory, to `data`. `data` may lie in the
memory itself. On failure nothing is written.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_OUT_OF_BOUNDS` if not all of the bytes lie in the memory;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_memory_read(memory, address, data, len)
    return ccall(
        @address(safewasm_memory_read),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, UInt64, Ptr{UInt8}, Csize_t),
        memory,
        address,
        data,
        len,
    )
end

"""
    safewasm_memory_write(memory, address, data, len)

Copies `len` bytes from `data` to `address`, an offset into the memory. `data` may lie in the
memory itself. On failure nothing is written.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_OUT_OF_BOUNDS` if the bytes don't fit into the memory;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_memory_write(memory, address, data, len)
    return ccall(
        @address(safewasm_memory_write),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, UInt64, Ptr{UInt8}, Csize_t),
        memory,
        address,
        data,
        len,
    )
end

"""
    safewasm_memory_is_valid(memory)

Returns true if `memory` is a memory that has not been deleted and whose store has not been
deleted. Never fails. May be called from any thread.
"""
function safewasm_memory_is_valid(memory)
    FUNCTIONS.safewasm_memory_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_memory_is_valid),
        Bool,
        (Ptr{safewasm_memory_t},),
        memory,
    )
end

"""
    safewasm_memory_delete(memory)

Deletes the handle `memory`. The memory itself lives as long as its store. Does nothing if
`memory` is NULL or was deleted already. Never fails and never waits. May be called from any
thread.
"""
function safewasm_memory_delete(memory)
    FUNCTIONS.safewasm_memory_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_memory_delete),
        Cvoid,
        (Ptr{safewasm_memory_t},),
        memory,
    )
end

"""
    safewasm_memory_view(memory, view_out, cell_out)

Opens a view of a memory, through which the program reads and writes the memory directly.

On success `*view_out` is a new view; delete it with `safewasm_view_delete`. `*cell_out` is its
cell, which holds the memory's address and size. On failure both are NULL.

Read the cell again after each call into the library: the memory may have grown and moved. While
a thread runs wasm in the store, other threads MUST NOT touch the memory through the view. The
memory stays mapped until the view is deleted, even if the store is deleted first. Once the
store is deleted, the cell's `data` and `len` are 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_memory_view(memory, view_out, cell_out)
    return ccall(
        @address(safewasm_memory_view),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_memory_t}, Ptr{Ptr{safewasm_view_t}}, Ptr{Ptr{safewasm_cell_t}}),
        memory,
        view_out,
        cell_out,
    )
end

"""
    safewasm_view_is_valid(view)

Returns true if `view` is a view that has not been deleted. It stays valid when its memory's
store is deleted; its cell then shows no memory. Never fails. May be called from any thread.
"""
function safewasm_view_is_valid(view)
    FUNCTIONS.safewasm_view_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_view_is_valid),
        Bool,
        (Ptr{safewasm_view_t},),
        view,
    )
end

"""
    safewasm_view_delete(view)

Deletes `view`. Its cell may then show another memory, with another `generation`. If the store
was deleted, its memory is unmapped when the last view of it is deleted, and pointers into it
MUST NOT be used any more. Does nothing if `view` is NULL or was deleted already. Never fails
and never waits. May be called from any thread.
"""
function safewasm_view_delete(view)
    FUNCTIONS.safewasm_view_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_view_delete),
        Cvoid,
        (Ptr{safewasm_view_t},),
        view,
    )
end

"""
    safewasm_global_new(store, globaltype, initial, global_out)

Creates a global of the type `*globaltype` with the value `*initial`, which is borrowed.

On success `*global_out` is a new global; delete it with `safewasm_global_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type, or if it is a concrete reference
type, which only a module can define; `SAFEWASM_ERROR_TYPE_MISMATCH` if the value has another
type; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
`SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_global_new(store, globaltype, initial, global_out)
    return ccall(
        @address(safewasm_global_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_globaltype_t}, Ptr{safewasm_val_t}, Ptr{Ptr{safewasm_global_t}}),
        store,
        globaltype,
        initial,
        global_out,
    )
end

"""
    safewasm_global_type(global_, type_out)

Gets the type of a global.

On success `*type_out` is the type. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_global_type(global_, type_out)
    return ccall(
        @address(safewasm_global_type),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_global_t}, Ptr{safewasm_globaltype_t}),
        global_,
        type_out,
    )
end

"""
    safewasm_global_get(global_, value_out)

Gets the value of a global.

On success `*value_out` is the value; if it is a reference, delete its handle. On failure it is
all zero, with kind 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_global_get(global_, value_out)
    return ccall(
        @address(safewasm_global_get),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_global_t}, Ptr{safewasm_val_t}),
        global_,
        value_out,
    )
end

"""
    safewasm_global_set(global_, value)

Sets the value of a global to `*value`, which is borrowed.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if the value has another type or the global is immutable;
`SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_global_set(global_, value)
    return ccall(
        @address(safewasm_global_set),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_global_t}, Ptr{safewasm_val_t}),
        global_,
        value,
    )
end

"""
    safewasm_global_is_valid(global_)

Returns true if `global` is a global that has not been deleted and whose store has not been
deleted. Never fails. May be called from any thread.
"""
function safewasm_global_is_valid(global_)
    FUNCTIONS.safewasm_global_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_global_is_valid),
        Bool,
        (Ptr{safewasm_global_t},),
        global_,
    )
end

"""
    safewasm_global_delete(global_)

Deletes the handle `global`. The global itself lives as long as its store. Does nothing if
`global` is NULL or was deleted already. Never fails and never waits. May be called from any
thread.
"""
function safewasm_global_delete(global_)
    FUNCTIONS.safewasm_global_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_global_delete),
        Cvoid,
        (Ptr{safewasm_global_t},),
        global_,
    )
end

"""
    safewasm_table_new(store, tabletype, initial, table_out)

Creates a table of the type `*tabletype`, with all elements `*initial`, which is borrowed.
`initial` may be NULL, which means null references.

On success `*table_out` is a new table; delete it with `safewasm_table_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type, or if it is a concrete reference
type, which only a module can define; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element has another
type; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
`SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_table_new(store, tabletype, initial, table_out)
    return ccall(
        @address(safewasm_table_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_tabletype_t}, Ptr{safewasm_val_t}, Ptr{Ptr{safewasm_table_t}}),
        store,
        tabletype,
        initial,
        table_out,
    )
end

"""
    safewasm_table_type(table, type_out)

Gets the type of a table.

On success `*type_out` is the type; its `min` is the present number of elements. On failure it
is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_table_type(table, type_out)
    return ccall(
        @address(safewasm_table_type),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, Ptr{safewasm_tabletype_t}),
        table,
        type_out,
    )
end

"""
    safewasm_table_size(table, size_out)

Gets the number of elements of a table.

On success `*size_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_table_size(table, size_out)
    return ccall(
        @address(safewasm_table_size),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, Ptr{UInt64}),
        table,
        size_out,
    )
end

"""
    safewasm_table_get(table, index, value_out)

Gets the element at `index`, counted from 0: a value of kind `SAFEWASM_VAL_FUNC` or
`SAFEWASM_VAL_REF`, whose handle is NULL for null.

On success `*value_out` is the element; if it is a reference, delete its handle. On failure it
is all zero, with kind 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_table_get(table, index, value_out)
    return ccall(
        @address(safewasm_table_get),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, UInt64, Ptr{safewasm_val_t}),
        table,
        index,
        value_out,
    )
end

"""
    safewasm_table_set(table, index, value)

Sets the element at `index`, counted from 0, to `*value`, which is borrowed. `value` may be
NULL, which means null.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element has another type;
`SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_table_set(table, index, value)
    return ccall(
        @address(safewasm_table_set),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, UInt64, Ptr{safewasm_val_t}),
        table,
        index,
        value,
    )
end

"""
    safewasm_table_grow(table, delta, initial, previous_out)

Adds `delta` elements to a table, each of them `*initial`, which is borrowed. `initial` may be
NULL, which means null.

On success `*previous_out` is the number of elements before. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`
beyond the table's maximum or the store's limit; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element
has another type; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_table_grow(table, delta, initial, previous_out)
    return ccall(
        @address(safewasm_table_grow),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, UInt64, Ptr{safewasm_val_t}, Ptr{UInt64}),
        table,
        delta,
        initial,
        previous_out,
    )
end

"""
    safewasm_table_fill(table, start, len, value)

Sets `len` elements of a table, starting at index `start`, to `*value`, which is borrowed.
`value` may be NULL, which means null. On failure nothing is set.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_TYPE_MISMATCH` if the element has another type;
`SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_table_fill(table, start, len, value)
    return ccall(
        @address(safewasm_table_fill),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, UInt64, UInt64, Ptr{safewasm_val_t}),
        table,
        start,
        len,
        value,
    )
end

"""
    safewasm_table_copy(table, start, from, from_start, len)

Copies `len` elements of `from`, starting at index `from_start`, to `table`, starting at index
`start`. Both tables belong to one store. They may be the same table, and the ranges may
overlap. On failure nothing is copied.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_OUT_OF_BOUNDS`; `SAFEWASM_ERROR_TYPE_MISMATCH` if
the elements have another type; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_table_copy(table, start, from, from_start, len)
    return ccall(
        @address(safewasm_table_copy),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_table_t}, UInt64, Ptr{safewasm_table_t}, UInt64, UInt64),
        table,
        start,
        from,
        from_start,
        len,
    )
end

"""
    safewasm_table_is_valid(table)

Returns true if `table` is a table that has not been deleted and whose store has not been
deleted. Never fails. May be called from any thread.
"""
function safewasm_table_is_valid(table)
    FUNCTIONS.safewasm_table_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_table_is_valid),
        Bool,
        (Ptr{safewasm_table_t},),
        table,
    )
end

"""
    safewasm_table_delete(table)

Deletes the handle `table`. The table itself lives as long as its store. Does nothing if `table`
is NULL or was deleted already. Never fails and never waits. May be called from any thread.
"""
function safewasm_table_delete(table)
    FUNCTIONS.safewasm_table_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_table_delete),
        Cvoid,
        (Ptr{safewasm_table_t},),
        table,
    )
end

"""
    safewasm_tag_new(store, functype, tag_out)

Creates a tag. The parameters of `functype`, which belongs to the store's engine and has no
results, are the values that an exception with this tag carries.

On success `*tag_out` is a new tag; delete it with `safewasm_tag_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TYPE_MISMATCH` if the type has results;
`SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_tag_new(store, functype, tag_out)
    return ccall(
        @address(safewasm_tag_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_functype_t}, Ptr{Ptr{safewasm_tag_t}}),
        store,
        functype,
        tag_out,
    )
end

"""
    safewasm_tag_type(tag, functype_out)

Gets the type of a tag: a function type whose parameters are the values that its exceptions
carry.

On success `*functype_out` is a new function type; delete it with `safewasm_functype_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_tag_type(tag, functype_out)
    return ccall(
        @address(safewasm_tag_type),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_tag_t}, Ptr{Ptr{safewasm_functype_t}}),
        tag,
        functype_out,
    )
end

"""
    safewasm_tag_same(tag, other, same_out)

Compares two handles of one store.

On success `*same_out` is 1 if both stand for the same tag, and 0 otherwise. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_tag_same(tag, other, same_out)
    return ccall(
        @address(safewasm_tag_same),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_tag_t}, Ptr{safewasm_tag_t}, Ptr{UInt32}),
        tag,
        other,
        same_out,
    )
end

"""
    safewasm_tag_is_valid(tag)

Returns true if `tag` is a tag that has not been deleted and whose store has not been deleted.
Never fails. May be called from any thread.
"""
function safewasm_tag_is_valid(tag)
    FUNCTIONS.safewasm_tag_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_tag_is_valid),
        Bool,
        (Ptr{safewasm_tag_t},),
        tag,
    )
end

"""
    safewasm_tag_delete(tag)

Deletes the handle `tag`. The tag itself lives as long as its store. Does nothing if `tag` is
NULL or was deleted already. Never fails and never waits. May be called from any thread.
"""
function safewasm_tag_delete(tag)
    FUNCTIONS.safewasm_tag_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_tag_delete),
        Cvoid,
        (Ptr{safewasm_tag_t},),
        tag,
    )
end

"""
    safewasm_ref_new_extern(store, env, finalizer, ref_out)

Creates an external reference: a pointer of the program that wasm can hold and pass on, but not
look into.

`env` is the pointer; the library never dereferences it. The library calls `finalizer` with
`env` after a garbage collection has found that neither wasm nor a handle can reach the
reference any more: before the next call of a host function in the store, when
`safewasm_store_collect` returns, or when the thread leaves the store; at the latest when the
store is freed. It also calls `finalizer` if this function fails.

On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_new_extern(store, env, finalizer, ref_out)
    return ccall(
        @address(safewasm_ref_new_extern),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_ref_t}}),
        store,
        env,
        finalizer,
        ref_out,
    )
end

"""
    safewasm_ref_env(reference, env_out)

Gets the `env` that an external reference was made with.

On success `*env_out` is that pointer. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if `reference` is not an external reference of the program;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_env(reference, env_out)
    return ccall(
        @address(safewasm_ref_env),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{Ptr{Cvoid}}),
        reference,
        env_out,
    )
end

"""
    safewasm_ref_new_i31(store, value, ref_out)

Creates a reference to a 31-bit integer: the low 31 bits of `value`.

On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_new_i31(store, value, ref_out)
    return ccall(
        @address(safewasm_ref_new_i31),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, UInt32, Ptr{Ptr{safewasm_ref_t}}),
        store,
        value,
        ref_out,
    )
end

"""
    safewasm_ref_i31(reference, value_out)

Gets the value of a reference to a 31-bit integer, as an unsigned integer.

On success `*value_out` is the value. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if `reference` refers to something else;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_i31(reference, value_out)
    return ccall(
        @address(safewasm_ref_i31),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{UInt32}),
        reference,
        value_out,
    )
end

"""
    safewasm_ref_new_exception(tag, fields, fields_len, ref_out)

Creates an exception of wasm with `tag`. `safewasm_error_new_exception` makes an error that
throws it.

`fields` holds `fields_len` values, which are borrowed: one for each parameter of the tag's
type.

On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if the values don't have the types of the tag;
`SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store; `SAFEWASM_ERROR_LIMIT`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_new_exception(tag, fields, fields_len, ref_out)
    return ccall(
        @address(safewasm_ref_new_exception),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_tag_t}, Ptr{safewasm_val_t}, Csize_t, Ptr{Ptr{safewasm_ref_t}}),
        tag,
        fields,
        fields_len,
        ref_out,
    )
end

"""
    safewasm_ref_new_struct(store, heaptype, values, values_len, ref_out)

Creates a structure of the type `heaptype`.

`values` holds `values_len` values, which are borrowed: one for each field. A field of 8 or 16
bits takes an i32 that fits into so many bits, as a signed or as an unsigned number.

The structure is in the garbage-collected memory of the store, which counts towards the store's
memory limit. The call may collect the store's garbage, as `safewasm_store_collect` does.

On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if `heaptype` is a type of arrays, or if the values don't have
the types of the fields; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a value doesn't fit into the bits
of its field; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if there is no room for it;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_new_struct(store, heaptype, values, values_len, ref_out)
    return ccall(
        @address(safewasm_ref_new_struct),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_heaptype_t}, Ptr{safewasm_val_t}, Csize_t, Ptr{Ptr{safewasm_ref_t}}),
        store,
        heaptype,
        values,
        values_len,
        ref_out,
    )
end

"""
    safewasm_ref_new_array(store, heaptype, values, values_len, ref_out)

Creates an array of the type `heaptype` with these elements.

`values` holds `values_len` values, which are borrowed. An element of 8 or 16 bits takes an i32
that fits into so many bits, as a signed or as an unsigned number.

The array is in the garbage-collected memory of the store, which counts towards the store's
memory limit. The call may collect the store's garbage, as `safewasm_store_collect` does.

On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if `heaptype` is a type of structures, or if a value doesn't have
the type of the elements; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a value doesn't fit into the bits
of an element; `SAFEWASM_ERROR_WRONG_STORE` if a reference belongs to another store;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if there is no room for it;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_new_array(store, heaptype, values, values_len, ref_out)
    return ccall(
        @address(safewasm_ref_new_array),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_heaptype_t}, Ptr{safewasm_val_t}, Csize_t, Ptr{Ptr{safewasm_ref_t}}),
        store,
        heaptype,
        values,
        values_len,
        ref_out,
    )
end

"""
    safewasm_ref_new_array_filled(store, heaptype, len, value, ref_out)

Creates an array of the type `heaptype` with `len` elements, each of them `value`.

`value` is borrowed. If it is NULL, the elements are 0 or null. An element of 8 or 16 bits takes
an i32 that fits into so many bits, as a signed or as an unsigned number.

The array is in the garbage-collected memory of the store, which counts towards the store's
memory limit. The call may collect the store's garbage, as `safewasm_store_collect` does.

On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if `heaptype` is a type of structures, if `value` doesn't have
the type of the elements, or if `value` is NULL and the elements can't be null;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `value` doesn't fit into the bits of an element;
`SAFEWASM_ERROR_WRONG_STORE` if `value` is a reference of another store;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if there is no room for it, as for 2^32
elements; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_new_array_filled(store, heaptype, len, value, ref_out)
    return ccall(
        @address(safewasm_ref_new_array_filled),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_heaptype_t}, Csize_t, Ptr{safewasm_val_t}, Ptr{Ptr{safewasm_ref_t}}),
        store,
        heaptype,
        len,
        value,
        ref_out,
    )
end

"""
    safewasm_ref_tag(reference, tag_out)

Gets the tag of an exception.

On success `*tag_out` is a new handle of the tag; delete it with `safewasm_tag_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if `reference` refers to something else;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_tag(reference, tag_out)
    return ccall(
        @address(safewasm_ref_tag),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{Ptr{safewasm_tag_t}}),
        reference,
        tag_out,
    )
end

"""
    safewasm_ref_fields_len(reference, len_out)

Gets the number of values in an exception, of fields in a structure, or of elements in an array;
0 for any other object.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_fields_len(reference, len_out)
    return ccall(
        @address(safewasm_ref_fields_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{Csize_t}),
        reference,
        len_out,
    )
end

"""
    safewasm_ref_field(reference, index, value_out)

Gets the value at `index`, counted from 0, of an exception, a structure or an array. A field of
8 or 16 bits is returned as an i32 whose other bits are 0.

On success `*value_out` is the value; if it is a reference, delete its handle. On failure it is
all zero, with kind 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such value; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_field(reference, index, value_out)
    return ccall(
        @address(safewasm_ref_field),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Csize_t, Ptr{safewasm_val_t}),
        reference,
        index,
        value_out,
    )
end

"""
    safewasm_ref_field_type(reference, index, type_out)

Gets the type of the value at `index`, counted from 0, of an exception, a structure or an array,
and whether the value can be changed.

On success `*type_out` is the type. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such value; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_field_type(reference, index, type_out)
    return ccall(
        @address(safewasm_ref_field_type),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Csize_t, Ptr{safewasm_fieldtype_t}),
        reference,
        index,
        type_out,
    )
end

"""
    safewasm_ref_set_field(reference, index, value)

Sets the value at `index`, counted from 0, of a structure or an array.

`value` is borrowed. A field of 8 or 16 bits takes an i32 that fits into so many bits, as a
signed or as an unsigned number.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such value; `SAFEWASM_ERROR_TYPE_MISMATCH` if it is
immutable, as all values of exceptions are, or if `value` is of another type;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `value` doesn't fit into the bits of the field;
`SAFEWASM_ERROR_WRONG_STORE` if `value` is a reference of another store;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_set_field(reference, index, value)
    return ccall(
        @address(safewasm_ref_set_field),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Csize_t, Ptr{safewasm_val_t}),
        reference,
        index,
        value,
    )
end

"""
    safewasm_ref_type(reference, type_out)

Gets the type of the object that a reference refers to.

On success `*type_out` is the type. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_type(reference, type_out)
    return ccall(
        @address(safewasm_ref_type),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{safewasm_valtype_t}),
        reference,
        type_out,
    )
end

"""
    safewasm_ref_same(reference, other, same_out)

Compares two references of one store. An object that wasm converted between `anyref` and
`externref` counts as a different one.

On success `*same_out` is 1 if both refer to the same object, and 0 otherwise. On failure it is
0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_same(reference, other, same_out)
    return ccall(
        @address(safewasm_ref_same),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{safewasm_ref_t}, Ptr{UInt32}),
        reference,
        other,
        same_out,
    )
end

"""
    safewasm_ref_clone(reference, ref_out)

Creates another handle of the same reference, for instance in a host function that keeps one of
its arguments.

On success `*ref_out` is a new reference; delete it with `safewasm_ref_delete`. On failure it is
NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_ref_clone(reference, ref_out)
    return ccall(
        @address(safewasm_ref_clone),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_ref_t}, Ptr{Ptr{safewasm_ref_t}}),
        reference,
        ref_out,
    )
end

"""
    safewasm_ref_is_valid(reference)

Returns true if `reference` is a reference that has not been deleted and whose store has not
been deleted. Never fails. May be called from any thread.
"""
function safewasm_ref_is_valid(reference)
    FUNCTIONS.safewasm_ref_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_ref_is_valid),
        Bool,
        (Ptr{safewasm_ref_t},),
        reference,
    )
end

"""
    safewasm_ref_delete(reference)

Deletes the handle `reference`. Its object lives as long as wasm or another handle can reach it.
Does nothing if `reference` is NULL or was deleted already. Never fails and never waits. May be
called from any thread.
"""
function safewasm_ref_delete(reference)
    FUNCTIONS.safewasm_ref_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_ref_delete),
        Cvoid,
        (Ptr{safewasm_ref_t},),
        reference,
    )
end

"""
    safewasm_resourcetype_new(destructor, env, finalizer, type_out)

Creates a resource type of the program.

`destructor`, if it isn't NULL, is called with `env` when a component drops a resource of the type. `env` may
be NULL. If `finalizer` isn't NULL, it is called with `env` when the library no longer needs it, also if
this function fails: when the type was deleted and no linker, pre-instantiation and store uses it.

On success `*type_out` is a new resource type; delete it with `safewasm_resourcetype_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_resourcetype_new(destructor, env, finalizer, type_out)
    return ccall(
        @address(safewasm_resourcetype_new),
        Ptr{safewasm_error_t},
        (Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_resourcetype_t}}),
        destructor,
        env,
        finalizer,
        type_out,
    )
end

"""
    safewasm_resourcetype_is_valid(resourcetype)

Returns true if `resourcetype` is a resource type that has not been deleted. Never fails. May be called from
any thread.
"""
function safewasm_resourcetype_is_valid(resourcetype)
    FUNCTIONS.safewasm_resourcetype_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_resourcetype_is_valid),
        Bool,
        (Ptr{safewasm_resourcetype_t},),
        resourcetype,
    )
end

"""
    safewasm_resourcetype_delete(resourcetype)

Deletes `resourcetype`. Resources of the type, and linkers that define it, live on. Does nothing if
`resourcetype` is NULL or was deleted already. Never fails and never waits. May be called from any thread.
"""
function safewasm_resourcetype_delete(resourcetype)
    FUNCTIONS.safewasm_resourcetype_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_resourcetype_delete),
        Cvoid,
        (Ptr{safewasm_resourcetype_t},),
        resourcetype,
    )
end

"""
    safewasm_resource_new(store, resourcetype, data, finalizer, resource_out)

Creates a resource of the program in `store`. It stands for `data`, which may be NULL.

If `finalizer` isn't NULL, it is called with `data` exactly once, when the resource is gone: when a
component or the program has dropped it, or its store has ended. It is called also if this function fails.

On success `*resource_out` is a new owned resource; drop it with `safewasm_resource_drop` or
`safewasm_resource_delete`, or give it to a component. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_resource_new(store, resourcetype, data, finalizer, resource_out)
    return ccall(
        @address(safewasm_resource_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_resourcetype_t}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_resource_t}}),
        store,
        resourcetype,
        data,
        finalizer,
        resource_out,
    )
end

"""
    safewasm_resource_data(resource, resourcetype, data_out)

Gets the pointer that a resource of the program stands for. `resourcetype` is its type.

On success `*data_out` is the pointer. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if the resource is of another type, such as one of a component;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_resource_data(resource, resourcetype, data_out)
    return ccall(
        @address(safewasm_resource_data),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_resource_t}, Ptr{safewasm_resourcetype_t}, Ptr{Ptr{Cvoid}}),
        resource,
        resourcetype,
        data_out,
    )
end

"""
    safewasm_resource_is_owned(resource, owned_out)

Gets whether a resource is owned, and not borrowed.

On success `*owned_out` is the answer. On failure it is false.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_resource_is_owned(resource, owned_out)
    return ccall(
        @address(safewasm_resource_is_owned),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_resource_t}, Ptr{Bool}),
        resource,
        owned_out,
    )
end

"""
    safewasm_resource_drop(resource)

Drops an owned resource, and deletes its handle. The destructor of a component's resource runs now. For a
resource of the program its finalizer is called, but not the destructor of its type, which is for components.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` if the resource is borrowed; `SAFEWASM_ERROR_TRAP` and the errors of host
functions from the destructor, which end the components of the store; `SAFEWASM_ERROR_COMPONENTS_ENDED` if
they have ended, so that the destructor can't run; `SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`, also
if the resource is lent to a call that runs, or its component instance waits for a host function;
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_resource_drop(resource)
    return ccall(
        @address(safewasm_resource_drop),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_resource_t},),
        resource,
    )
end

"""
    safewasm_resource_is_valid(resource)

Returns true if `resource` is a resource that has not been deleted, dropped or given away. Never fails. May be
called from any thread.
"""
function safewasm_resource_is_valid(resource)
    FUNCTIONS.safewasm_resource_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_resource_is_valid),
        Bool,
        (Ptr{safewasm_resource_t},),
        resource,
    )
end

"""
    safewasm_resource_delete(resource)

Deletes the handle `resource`. An owned resource is dropped later: after the next call of a component func in
its store, when no wasm runs there. All destructors that run then have one second, if the engine has epoch
interruption. A failure of one ends the components of the store, which later calls report. Does nothing if
`resource` is NULL, or was deleted, dropped or given away already. Never fails and never waits. May be called
from any thread.
"""
function safewasm_resource_delete(resource)
    FUNCTIONS.safewasm_resource_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_resource_delete),
        Cvoid,
        (Ptr{safewasm_resource_t},),
        resource,
    )
end

"""
    safewasm_componentinstance_new(store, component, instance_out)

Creates an instance of `component`, which has no imports, in `store`. A component linker
(`safewasm_componentlinker_instantiate`) makes an instance of a component with imports.

Start functions of modules in the component run now, so this function can trap. A component counts as
one instance (`safewasm_store_set_instance_limit`), however many modules it has inside.

On success `*instance_out` is a new component instance; delete it with
`safewasm_componentinstance_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_ENGINE` if the component belongs to another engine than the store;
`SAFEWASM_ERROR_LINK`, with the name of an import, if it has imports; `SAFEWASM_ERROR_TRAP` from a start function;
`SAFEWASM_ERROR_COMPONENTS_ENDED`; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_componentinstance_new(store, component, instance_out)
    return ccall(
        @address(safewasm_componentinstance_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_component_t}, Ptr{Ptr{safewasm_componentinstance_t}}),
        store,
        component,
        instance_out,
    )
end

"""
    safewasm_componentinstance_func(instance, interface, interface_len, name, name_len, func_out)

Gets an exported function.

`interface` is the name of the exported interface that has the function, such as
`docs:adder/add@0.1.0`, UTF-8 text of `interface_len` bytes (or `SAFEWASM_STRLEN`). It is also found with
another compatible version, and without a version if the component exports only one. NULL with the
length 0 means that the component itself exports the function. `name` is the function's name, UTF-8 text of `name_len` bytes (or
`SAFEWASM_STRLEN`).

On success `*func_out` is a new component func; delete it with `safewasm_componentfunc_delete`. On
failure it is NULL. A program looks a function up once and calls it often.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if a text isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with the names of
the exports; `SAFEWASM_ERROR_TYPE_MISMATCH` if the export is no function;
`SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_componentinstance_func(instance, interface, interface_len, name, name_len, func_out)
    return ccall(
        @address(safewasm_componentinstance_func),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentinstance_t}, Ptr{Cchar}, Csize_t, Ptr{Cchar}, Csize_t, Ptr{Ptr{safewasm_componentfunc_t}}),
        instance,
        interface,
        interface_len,
        name,
        name_len,
        func_out,
    )
end

"""
    safewasm_componentinstance_is_valid(instance)

Returns true if `instance` is a component instance that has not been deleted. Never fails. May be called from any
thread.
"""
function safewasm_componentinstance_is_valid(instance)
    FUNCTIONS.safewasm_componentinstance_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_componentinstance_is_valid),
        Bool,
        (Ptr{safewasm_componentinstance_t},),
        instance,
    )
end

"""
    safewasm_componentinstance_delete(instance)

Deletes the handle `instance`. The instance itself lives as long as its store. Does nothing if `instance` is NULL or was deleted already. Never
fails and never waits. May be called from any thread.
"""
function safewasm_componentinstance_delete(instance)
    FUNCTIONS.safewasm_componentinstance_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_componentinstance_delete),
        Cvoid,
        (Ptr{safewasm_componentinstance_t},),
        instance,
    )
end

"""
    safewasm_componentfunc_call(func, args, args_len, values_out)

Calls a component func.

`args` holds the nodes of all arguments, `args_len` nodes. What they point to is only read, and only
during the call. It MUST NOT be written meanwhile, so it MUST NOT be in a memory of the component. A resource
that is passed as `own` is given away: its handle is deleted. One that is passed as `borrow` is lent for the call.

On success `*values_out` is a new values object with the result: the nodes of one value, or none if the
function returns nothing. Delete it with `safewasm_values_delete`. Resources in it are new handles, which the
caller owns. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `args` isn't aligned or is too long;
`SAFEWASM_ERROR_TYPE_MISMATCH` if the nodes don't fit the function's type, with the path to the one that
doesn't; `SAFEWASM_ERROR_TRAP`, also if the component returns an invalid value or more than the library
allows for one call (128 MiB);
`SAFEWASM_ERROR_COMPONENTS_ENDED` after such a failure; `SAFEWASM_ERROR_TASK`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_componentfunc_call(func, args, args_len, values_out)
    return ccall(
        @address(safewasm_componentfunc_call),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentfunc_t}, Ptr{safewasm_node_t}, Csize_t, Ptr{Ptr{safewasm_values_t}}),
        func,
        args,
        args_len,
        values_out,
    )
end

"""
    safewasm_componentfunc_call_slots(func, slots, slots_len)

Calls a component func whose parameters and result are all `bool`, numbers or `char`, with the arguments
and the result in bare slots. This is faster than `safewasm_componentfunc_call`.

`slots` holds the arguments from its first slot on, and takes the result in its first slot. `slots_len` is
the number of parameters, or 1 if there is a result and no parameter. `s64` and `u64` are in the member
`i64`, `f32` and `f64` in the members of their names, and all others in `i32`: signed numbers with their
sign, unsigned ones without (`u32` as the same 32 bits), a `bool` as 0 or 1, a `char` as its number.

If the call is refused, the slots are unchanged. After a trap their contents are unspecified.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` for another number of slots, or if a slot holds no value of its type;
`SAFEWASM_ERROR_UNSUPPORTED` if the function takes or returns anything else; `SAFEWASM_ERROR_TRAP`;
`SAFEWASM_ERROR_COMPONENTS_ENDED` after such a failure; `SAFEWASM_ERROR_TASK`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_componentfunc_call_slots(func, slots, slots_len)
    return ccall(
        @address(safewasm_componentfunc_call_slots),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentfunc_t}, Ptr{safewasm_slot_t}, Csize_t),
        func,
        slots,
        slots_len,
    )
end

"""
    safewasm_componentfunc_call_bulk(func, count, args, args_len, results, results_len)

Calls a component func of `bool`, numbers and `char` `count` times, each time with the next value of each
column. This does the same as a loop over `safewasm_componentfunc_call_slots`, at a smaller cost for each
call.

`args` holds `args_len` columns, one for each parameter. `results` holds `results_len` columns: one if the
function has a result, which is written there, and none otherwise. The values of a column are as wide as
its type: 1 byte for `bool`, `s8` and `u8`, 2 for `s16` and `u16`, 4 for `s32`, `u32`, `f32` and `char`, 8
for `s64`, `u64` and `f64`. The columns' `data` may be NULL if `count` is 0.

The calls run in order. A call's arguments are read after the results of the earlier calls are written and
before its own result is written, so a result may overwrite arguments, those of later calls too.

If a call fails or is refused, this function fails with that call's error, whose message has the number of
the call. The results of the earlier calls are written, and the later calls are not made.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_TYPE_MISMATCH` for another number of columns, or if a column holds no value of its type;
`SAFEWASM_ERROR_UNSUPPORTED` if the function takes or returns anything else; `SAFEWASM_ERROR_TRAP`;
`SAFEWASM_ERROR_COMPONENTS_ENDED` after such a failure; `SAFEWASM_ERROR_TASK`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_componentfunc_call_bulk(func, count, args, args_len, results, results_len)
    return ccall(
        @address(safewasm_componentfunc_call_bulk),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentfunc_t}, Csize_t, Ptr{safewasm_column_t}, Csize_t, Ptr{safewasm_column_t}, Csize_t),
        func,
        count,
        args,
        args_len,
        results,
        results_len,
    )
end

"""
    safewasm_componentfunc_is_valid(func)

Returns true if `func` is a component func that has not been deleted. Never fails. May be called from any
thread.
"""
function safewasm_componentfunc_is_valid(func)
    FUNCTIONS.safewasm_componentfunc_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_componentfunc_is_valid),
        Bool,
        (Ptr{safewasm_componentfunc_t},),
        func,
    )
end

"""
    safewasm_componentfunc_delete(func)

Deletes the handle `func`. The function itself lives as long as its store. Does nothing if `func` is NULL or was deleted already. Never
fails and never waits. May be called from any thread.
"""
function safewasm_componentfunc_delete(func)
    FUNCTIONS.safewasm_componentfunc_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_componentfunc_delete),
        Cvoid,
        (Ptr{safewasm_componentfunc_t},),
        func,
    )
end

"""
    safewasm_values_nodes(values, nodes_out, len_out)

Gets the nodes of values. May be called from any thread.

On success `*nodes_out` is the first node and `*len_out` is the number of nodes. They, and what they point
to, live until `safewasm_values_delete`. On failure they are NULL and 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_values_nodes(values, nodes_out, len_out)
    return ccall(
        @address(safewasm_values_nodes),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_values_t}, Ptr{Ptr{safewasm_node_t}}, Ptr{Csize_t}),
        values,
        nodes_out,
        len_out,
    )
end

"""
    safewasm_values_is_valid(values)

Returns true if `values` is a values object that has not been deleted. Never fails. May be called from any
thread.
"""
function safewasm_values_is_valid(values)
    FUNCTIONS.safewasm_values_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_values_is_valid),
        Bool,
        (Ptr{safewasm_values_t},),
        values,
    )
end

"""
    safewasm_values_delete(values)

Deletes `values` and what its nodes point to. Does nothing if `values` is NULL or was deleted already. Never
fails and never waits. May be called from any thread.
"""
function safewasm_values_delete(values)
    FUNCTIONS.safewasm_values_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_values_delete),
        Cvoid,
        (Ptr{safewasm_values_t},),
        values,
    )
end

"""
    safewasm_linker_new(engine, linker_out)

Creates a linker of `engine`.

On success `*linker_out` is a new linker; delete it with `safewasm_linker_delete`. On failure it
is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_linker_new(engine, linker_out)
    return ccall(
        @address(safewasm_linker_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Ptr{safewasm_linker_t}}),
        engine,
        linker_out,
    )
end

"""
    safewasm_linker_allow_shadowing(linker, allowed)

Sets whether a new definition may replace an earlier one of the same name. Off by default:
defining a name twice is an error.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_linker_allow_shadowing(linker, allowed)
    return ccall(
        @address(safewasm_linker_allow_shadowing),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Bool),
        linker,
        allowed,
    )
end

"""
    safewasm_linker_define(linker, store, module_name, module_name_len, name, name_len, item)

Defines an import as `*item`, an object of `store`, which is borrowed. From now on the linker
works with `store` only.

The import's name is `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`). It comes
from the module called `module_name`, UTF-8 text of `module_name_len` bytes (or
`SAFEWASM_STRLEN`).

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
`SAFEWASM_ERROR_WRONG_STORE` if the item belongs to another store, or the linker works with
another one; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_linker_define(linker, store, module_name, module_name_len, name, name_len, item)
    return ccall(
        @address(safewasm_linker_define),
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

"""
    safewasm_linker_define_func(linker, module_name, module_name_len, name, name_len, functype, callback, env, finalizer)

Defines an import as a host function. The function belongs to no store.

The import's name is `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`). It comes
from the module called `module_name`, UTF-8 text of `module_name_len` bytes (or
`SAFEWASM_STRLEN`).

`functype`, `callback`, `env` and `finalizer` are as for `safewasm_func_new`. The function lives
as long as the linker, the pre-instantiations made with it, and the stores in which it was used
for an instance.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the
import is defined already; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_linker_define_func(linker, module_name, module_name_len, name, name_len, functype, callback, env, finalizer)
    return ccall(
        @address(safewasm_linker_define_func),
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

"""
    safewasm_linker_define_func_slots(linker, module_name, module_name_len, name, name_len, functype, callback, env, finalizer)

Defines an import as a host function of numbers and vectors, which takes and returns bare slots.
Calls of it are faster. Otherwise the same as `safewasm_linker_define_func`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the
import is defined already; `SAFEWASM_ERROR_UNSUPPORTED` if the type has references;
`SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_linker_define_func_slots(linker, module_name, module_name_len, name, name_len, functype, callback, env, finalizer)
    return ccall(
        @address(safewasm_linker_define_func_slots),
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

"""
    safewasm_linker_define_instance(linker, module_name, module_name_len, instance)

Defines all exports of `instance` as imports from the module called `module_name`, UTF-8 text of
`module_name_len` bytes (or `SAFEWASM_STRLEN`). From now on the linker works with the instance's
store only. On failure nothing is defined.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if the name isn't UTF-8 or one of the imports is defined
already; `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_WRONG_ENGINE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_linker_define_instance(linker, module_name, module_name_len, instance)
    return ccall(
        @address(safewasm_linker_define_instance),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{Cchar}, Csize_t, Ptr{safewasm_instance_t}),
        linker,
        module_name,
        module_name_len,
        instance,
    )
end

"""
    safewasm_linker_define_module(linker, store, module_name, module_name_len, module_)

Defines the exports of `module` as imports from the module called `module_name`, UTF-8 text of
`module_name_len` bytes (or `SAFEWASM_STRLEN`). From now on the linker works with `store` only.
On failure nothing is defined.

A module that exports `_start` is a command. Only its functions are defined, and each call of
one makes a new instance, which counts against the store's limit of instances as long as the
store lives. Any other module is a reactor: it is instantiated in `store` now, its function
`_initialize` is called if it exports one, and its exports are defined.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if the name isn't UTF-8 or one of the imports is defined
already; `SAFEWASM_ERROR_LINK`, with the names of the missing imports or of the import with the
wrong type; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from a reactor, and the errors
that its host functions return; `SAFEWASM_ERROR_INVALID_MODULE` if the module exports both
functions, or one of them with parameters or results; `SAFEWASM_ERROR_UNSUPPORTED` if the module
has a shared memory and the engine's config allows none; `SAFEWASM_ERROR_WRONG_STORE`;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_linker_define_module(linker, store, module_name, module_name_len, module_)
    return ccall(
        @address(safewasm_linker_define_module),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_store_t}, Ptr{Cchar}, Csize_t, Ptr{safewasm_module_t}),
        linker,
        store,
        module_name,
        module_name_len,
        module_,
    )
end

"""
    safewasm_linker_define_unknown_imports_as_traps(linker, module_)

Defines each function that `module` imports and that isn't defined yet as a function that traps
when it is called. The message of the trap names the function.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_linker_define_unknown_imports_as_traps(linker, module_)
    return ccall(
        @address(safewasm_linker_define_unknown_imports_as_traps),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_module_t}),
        linker,
        module_,
    )
end

"""
    safewasm_linker_define_unknown_imports_as_default_values(linker, store, module_)

Defines each import of `module` that isn't defined yet, in `store`: a function as one that
returns zeros and null references, and any other import as a new object of its type that holds
zeros and null references. From now on the linker works with `store` only. On failure nothing is
defined.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK` if
a type has no such value; `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_WRONG_ENGINE`;
`SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_linker_define_unknown_imports_as_default_values(linker, store, module_)
    return ccall(
        @address(safewasm_linker_define_unknown_imports_as_default_values),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_store_t}, Ptr{safewasm_module_t}),
        linker,
        store,
        module_,
    )
end

"""
    safewasm_linker_instantiate(linker, store, module_, instance_out)

Creates an instance of `module` in `store`, with the linker's definitions as its imports. If the
module has a start function, it runs now, so this function can trap.

On success `*instance_out` is a new instance; delete it with `safewasm_instance_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`,
with the names of the missing imports and similar names, or of the import with the wrong type;
`SAFEWASM_ERROR_WRONG_STORE` if the linker works with another store;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from the
start function, and the errors that its host functions return; `SAFEWASM_ERROR_UNSUPPORTED` if
the module has a shared memory and the engine's config allows none; `SAFEWASM_ERROR_LIMIT`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_linker_instantiate(linker, store, module_, instance_out)
    return ccall(
        @address(safewasm_linker_instantiate),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_store_t}, Ptr{safewasm_module_t}, Ptr{Ptr{safewasm_instance_t}}),
        linker,
        store,
        module_,
        instance_out,
    )
end

"""
    safewasm_linker_instantiate_pre(linker, module_, instancepre_out)

Does all work that can be done before `module` is instantiated, once for many instances: looks
up its imports and compares their types. Later definitions in the linker have no effect on the
result. For a memory or table in the linker, the size that is compared is the one that it had
when it was defined, or when an instance was last made with the linker.

On success `*instancepre_out` is a new pre-instantiation; delete it with
`safewasm_instancepre_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`,
with the names of the missing imports and similar names, or of the import with the wrong type;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_linker_instantiate_pre(linker, module_, instancepre_out)
    return ccall(
        @address(safewasm_linker_instantiate_pre),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_module_t}, Ptr{Ptr{safewasm_instancepre_t}}),
        linker,
        module_,
        instancepre_out,
    )
end

"""
    safewasm_linker_get(linker, store, module_name, module_name_len, name, name_len, item_out)

Gets a definition as an object of `store`.

The import's name is `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`). It comes
from the module called `module_name`, UTF-8 text of `module_name_len` bytes (or
`SAFEWASM_STRLEN`).

On success `*item_out` is the object, with a new handle; delete it with
`safewasm_extern_delete`. On failure it is all zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, with
similar names; `SAFEWASM_ERROR_WRONG_STORE`; `SAFEWASM_ERROR_WRONG_ENGINE`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_linker_get(linker, store, module_name, module_name_len, name, name_len, item_out)
    return ccall(
        @address(safewasm_linker_get),
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

"""
    safewasm_linker_len(linker, len_out)

Gets the number of definitions in the linker.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_linker_len(linker, len_out)
    return ccall(
        @address(safewasm_linker_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{Csize_t}),
        linker,
        len_out,
    )
end

"""
    safewasm_linker_definition(linker, index, module_name_out, name_out, type_out)

Gets the definition at `index`, counted from 0, in the order in which they were made. A
definition that replaced an earlier one has the index of that one.

On success `*module_name_out` and `*name_out` are its names, and `*type_out` is a new external
type; delete it with `safewasm_externtype_delete`. The names live until that type and the linker
are both deleted. On failure all are NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if there is no such definition.
"""
function safewasm_linker_definition(linker, index, module_name_out, name_out, type_out)
    return ccall(
        @address(safewasm_linker_definition),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Csize_t, Ptr{safewasm_text_t}, Ptr{safewasm_text_t}, Ptr{Ptr{safewasm_externtype_t}}),
        linker,
        index,
        module_name_out,
        name_out,
        type_out,
    )
end

"""
    safewasm_linker_is_valid(linker)

Returns true if `linker` is a linker that has not been deleted. Never fails. May be called from
any thread.
"""
function safewasm_linker_is_valid(linker)
    FUNCTIONS.safewasm_linker_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_linker_is_valid),
        Bool,
        (Ptr{safewasm_linker_t},),
        linker,
    )
end

"""
    safewasm_linker_delete(linker)

Deletes `linker`. Instances made with it live on. Does nothing if `linker` is NULL or was
deleted already. Never fails and never waits. May be called from any thread.
"""
function safewasm_linker_delete(linker)
    FUNCTIONS.safewasm_linker_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_linker_delete),
        Cvoid,
        (Ptr{safewasm_linker_t},),
        linker,
    )
end

"""
    safewasm_instancepre_instantiate(instancepre, store, instance_out)

Creates an instance in `store`. If the module has a start function, it runs now, so this
function can trap.

On success `*instance_out` is a new instance; delete it with `safewasm_instance_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_STORE` if the imports belong to another store;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from the
start function, and the errors that its host functions return; `SAFEWASM_ERROR_UNSUPPORTED` if
the module has a shared memory and the engine's config allows none; `SAFEWASM_ERROR_LIMIT`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_instancepre_instantiate(instancepre, store, instance_out)
    return ccall(
        @address(safewasm_instancepre_instantiate),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instancepre_t}, Ptr{safewasm_store_t}, Ptr{Ptr{safewasm_instance_t}}),
        instancepre,
        store,
        instance_out,
    )
end

"""
    safewasm_instancepre_is_valid(instancepre)

Returns true if `instancepre` is a pre-instantiation that has not been deleted. Never fails. May
be called from any thread.
"""
function safewasm_instancepre_is_valid(instancepre)
    FUNCTIONS.safewasm_instancepre_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_instancepre_is_valid),
        Bool,
        (Ptr{safewasm_instancepre_t},),
        instancepre,
    )
end

"""
    safewasm_instancepre_delete(instancepre)

Deletes `instancepre`. Instances made with it live on. Does nothing if `instancepre` is NULL or
was deleted already. Never fails and never waits. May be called from any thread.
"""
function safewasm_instancepre_delete(instancepre)
    FUNCTIONS.safewasm_instancepre_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_instancepre_delete),
        Cvoid,
        (Ptr{safewasm_instancepre_t},),
        instancepre,
    )
end

"""
    safewasm_componentlinker_new(engine, linker_out)

Creates a component linker of `engine`.

On success `*linker_out` is a new component linker; delete it with `safewasm_componentlinker_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_componentlinker_new(engine, linker_out)
    return ccall(
        @address(safewasm_componentlinker_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{Ptr{safewasm_componentlinker_t}}),
        engine,
        linker_out,
    )
end

"""
    safewasm_componentlinker_allow_shadowing(linker, allowed)

Sets whether a new definition may replace an earlier one of the same name. Off by default:
defining a name twice is an error.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_componentlinker_allow_shadowing(linker, allowed)
    return ccall(
        @address(safewasm_componentlinker_allow_shadowing),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentlinker_t}, Bool),
        linker,
        allowed,
    )
end

"""
    safewasm_componentlinker_define_func(linker, interface, interface_len, name, name_len, wittype, callback, env, finalizer)

Defines an import as a host function. The function belongs to no store.

`interface` is the name of the interface that has the function, such as `docs:logger/log@0.1.0`, UTF-8
text of `interface_len` bytes (or `SAFEWASM_STRLEN`). NULL with the length 0 means an import of the
component itself. `name` is the function's name, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`).

`wittype` is the type of the function, such as the type of an import (`safewasm_component_import`,
`safewasm_wittype_item`). A component that imports the function with another type can't be instantiated:
so `callback` gets only nodes that fit `wittype`.

`callback`, `env` and `finalizer`: `callback` is called with `env`, which may be NULL. If `finalizer` isn't
NULL, it is called with `env` when the library no longer needs it, also if this function fails. The
function lives as long as the linker, the pre-instantiations made with it, and the stores in which it
was used for an instance.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
`SAFEWASM_ERROR_TYPE_MISMATCH` if `wittype` isn't the type of a function; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_componentlinker_define_func(linker, interface, interface_len, name, name_len, wittype, callback, env, finalizer)
    return ccall(
        @address(safewasm_componentlinker_define_func),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentlinker_t}, Ptr{Cchar}, Csize_t, Ptr{Cchar}, Csize_t, Ptr{safewasm_wittype_t}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}),
        linker,
        interface,
        interface_len,
        name,
        name_len,
        wittype,
        callback,
        env,
        finalizer,
    )
end

"""
    safewasm_componentlinker_define_module(linker, interface, interface_len, name, name_len, module_)

Defines an import as `module`, a core module. `interface` and `name` are as for
`safewasm_componentlinker_define_func`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_componentlinker_define_module(linker, interface, interface_len, name, name_len, module_)
    return ccall(
        @address(safewasm_componentlinker_define_module),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentlinker_t}, Ptr{Cchar}, Csize_t, Ptr{Cchar}, Csize_t, Ptr{safewasm_module_t}),
        linker,
        interface,
        interface_len,
        name,
        name_len,
        module_,
    )
end

"""
    safewasm_componentlinker_define_resource(linker, interface, interface_len, name, name_len, resourcetype)

Defines an import as a resource type of the program. `interface` and `name` are as for
`safewasm_componentlinker_define_func`. The constructor, methods and static functions of the type are host
functions with the names `[constructor]name`, `[method]name.method` and `[static]name.function`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if a name isn't UTF-8 or the import is defined already;
`SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_componentlinker_define_resource(linker, interface, interface_len, name, name_len, resourcetype)
    return ccall(
        @address(safewasm_componentlinker_define_resource),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentlinker_t}, Ptr{Cchar}, Csize_t, Ptr{Cchar}, Csize_t, Ptr{safewasm_resourcetype_t}),
        linker,
        interface,
        interface_len,
        name,
        name_len,
        resourcetype,
    )
end

"""
    safewasm_componentlinker_define_unknown_imports_as_traps(linker, component)

Defines each function that `component` imports and that isn't defined yet as a function that traps
when it is called. The message of the trap names the function.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_componentlinker_define_unknown_imports_as_traps(linker, component)
    return ccall(
        @address(safewasm_componentlinker_define_unknown_imports_as_traps),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentlinker_t}, Ptr{safewasm_component_t}),
        linker,
        component,
    )
end

"""
    safewasm_caller_return(caller, nodes, nodes_len)

Gives the result of a host function that a component called (`safewasm_component_callback_t`).

`nodes` holds the nodes of the result, `nodes_len` nodes. The library copies them with what they point to.
A later call in the same host function replaces the result. A host function without a result needs no
call.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `nodes` isn't aligned or is too long;
`SAFEWASM_ERROR_TYPE_MISMATCH` if the nodes don't fit the function's type, with the path to the one that
doesn't; `SAFEWASM_ERROR_UNSUPPORTED` if core WebAssembly called the host function;
`SAFEWASM_ERROR_OUT_OF_MEMORY`.
"""
function safewasm_caller_return(caller, nodes, nodes_len)
    return ccall(
        @address(safewasm_caller_return),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_caller_t}, Ptr{safewasm_node_t}, Csize_t),
        caller,
        nodes,
        nodes_len,
    )
end

"""
    safewasm_componentlinker_instantiate(linker, store, component, instance_out)

Creates an instance of `component` in `store`, with the linker's definitions as its imports. Start
functions of modules in the component run now, so this function can trap.

On success `*instance_out` is a new component instance; delete it with
`safewasm_componentinstance_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`, with the
missing imports and similar names, or with what differs between the types of an import and of its
definition; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_TRAP` from a start function, and the errors
that its host functions return; `SAFEWASM_ERROR_COMPONENTS_ENDED`; `SAFEWASM_ERROR_LIMIT`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_componentlinker_instantiate(linker, store, component, instance_out)
    return ccall(
        @address(safewasm_componentlinker_instantiate),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentlinker_t}, Ptr{safewasm_store_t}, Ptr{safewasm_component_t}, Ptr{Ptr{safewasm_componentinstance_t}}),
        linker,
        store,
        component,
        instance_out,
    )
end

"""
    safewasm_componentlinker_instantiate_pre(linker, component, instancepre_out)

Does all work that can be done before `component` is instantiated, once for many instances: looks up
its imports and compares their types. Later definitions in the linker have no effect on the result.

On success `*instancepre_out` is a new component pre-instantiation; delete it with
`safewasm_componentinstancepre_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LINK`, with the
missing imports and similar names, or with what differs between the types of an import and of its
definition; `SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_componentlinker_instantiate_pre(linker, component, instancepre_out)
    return ccall(
        @address(safewasm_componentlinker_instantiate_pre),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentlinker_t}, Ptr{safewasm_component_t}, Ptr{Ptr{safewasm_componentinstancepre_t}}),
        linker,
        component,
        instancepre_out,
    )
end

"""
    safewasm_componentlinker_is_valid(linker)

Returns true if `linker` is a component linker that has not been deleted. Never fails. May be called from
any thread.
"""
function safewasm_componentlinker_is_valid(linker)
    FUNCTIONS.safewasm_componentlinker_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_componentlinker_is_valid),
        Bool,
        (Ptr{safewasm_componentlinker_t},),
        linker,
    )
end

"""
    safewasm_componentlinker_delete(linker)

Deletes `linker`. Instances made with it live on. Does nothing if `linker` is NULL or was
deleted already. Never fails and never waits. May be called from any thread.
"""
function safewasm_componentlinker_delete(linker)
    FUNCTIONS.safewasm_componentlinker_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_componentlinker_delete),
        Cvoid,
        (Ptr{safewasm_componentlinker_t},),
        linker,
    )
end

"""
    safewasm_componentinstancepre_instantiate(instancepre, store, instance_out)

Creates a component instance in `store`. Start functions of modules in the component run now, so this
function can trap.

On success `*instance_out` is a new component instance; delete it with
`safewasm_componentinstance_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_WRONG_ENGINE`;
`SAFEWASM_ERROR_TRAP` from a start function, and the errors that its host functions return;
`SAFEWASM_ERROR_COMPONENTS_ENDED`; `SAFEWASM_ERROR_LIMIT`; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_componentinstancepre_instantiate(instancepre, store, instance_out)
    return ccall(
        @address(safewasm_componentinstancepre_instantiate),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentinstancepre_t}, Ptr{safewasm_store_t}, Ptr{Ptr{safewasm_componentinstance_t}}),
        instancepre,
        store,
        instance_out,
    )
end

"""
    safewasm_componentinstancepre_is_valid(instancepre)

Returns true if `instancepre` is a component pre-instantiation that has not been deleted. Never fails. May
be called from any thread.
"""
function safewasm_componentinstancepre_is_valid(instancepre)
    FUNCTIONS.safewasm_componentinstancepre_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_componentinstancepre_is_valid),
        Bool,
        (Ptr{safewasm_componentinstancepre_t},),
        instancepre,
    )
end

"""
    safewasm_componentinstancepre_delete(instancepre)

Deletes `instancepre`. Instances made with it live on. Does nothing if `instancepre` is NULL or
was deleted already. Never fails and never waits. May be called from any thread.
"""
function safewasm_componentinstancepre_delete(instancepre)
    FUNCTIONS.safewasm_componentinstancepre_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_componentinstancepre_delete),
        Cvoid,
        (Ptr{safewasm_componentinstancepre_t},),
        instancepre,
    )
end

"""
    safewasm_sharedmemory_new(engine, memorytype, sharedmemory_out)

Creates a shared memory of the type `*memorytype`, which must be shared and have a maximum.

On success `*sharedmemory_out` is a new shared memory; delete it with
`safewasm_sharedmemory_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if there is no such type; `SAFEWASM_ERROR_UNSUPPORTED` if the
engine's config has no shared memory; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_sharedmemory_new(engine, memorytype, sharedmemory_out)
    return ccall(
        @address(safewasm_sharedmemory_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_engine_t}, Ptr{safewasm_memorytype_t}, Ptr{Ptr{safewasm_sharedmemory_t}}),
        engine,
        memorytype,
        sharedmemory_out,
    )
end

"""
    safewasm_sharedmemory_type(sharedmemory, type_out)

Gets the type of a shared memory.

On success `*type_out` is the type; its `min` is the present size in pages. On failure it is all
zero.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_sharedmemory_type(sharedmemory, type_out)
    return ccall(
        @address(safewasm_sharedmemory_type),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_sharedmemory_t}, Ptr{safewasm_memorytype_t}),
        sharedmemory,
        type_out,
    )
end

"""
    safewasm_sharedmemory_data(sharedmemory, data_out, len_out)

Gets the bytes of a shared memory. Other threads may write them: the program MUST access them
with atomics.

On success `*data_out` is the first byte and `*len_out` is their present number. On failure they
are NULL and 0. A shared memory never moves. It lives until `safewasm_sharedmemory_delete`, and
as long as an instance has it.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_sharedmemory_data(sharedmemory, data_out, len_out)
    return ccall(
        @address(safewasm_sharedmemory_data),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_sharedmemory_t}, Ptr{Ptr{UInt8}}, Ptr{Csize_t}),
        sharedmemory,
        data_out,
        len_out,
    )
end

"""
    safewasm_sharedmemory_grow(sharedmemory, delta, previous_out)

Adds `delta` pages to a shared memory.

On success `*previous_out` is the size before, in pages. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`
beyond the memory's maximum.
"""
function safewasm_sharedmemory_grow(sharedmemory, delta, previous_out)
    return ccall(
        @address(safewasm_sharedmemory_grow),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_sharedmemory_t}, UInt64, Ptr{UInt64}),
        sharedmemory,
        delta,
        previous_out,
    )
end

"""
    safewasm_sharedmemory_read(sharedmemory, address, data, len)

Copies `len` bytes from `address`, an offset into the shared memory, to `data`, each by a
relaxed atomic load. On failure nothing is written.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_OUT_OF_BOUNDS` if not all of the bytes lie in the memory.
"""
function safewasm_sharedmemory_read(sharedmemory, address, data, len)
    return ccall(
        @address(safewasm_sharedmemory_read),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_sharedmemory_t}, UInt64, Ptr{UInt8}, Csize_t),
        sharedmemory,
        address,
        data,
        len,
    )
end

"""
    safewasm_sharedmemory_write(sharedmemory, address, data, len)

Copies `len` bytes from `data` to `address`, an offset into the shared memory, each by a relaxed
atomic store. On failure nothing is written.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_OUT_OF_BOUNDS` if the bytes don't fit into the memory.
"""
function safewasm_sharedmemory_write(sharedmemory, address, data, len)
    return ccall(
        @address(safewasm_sharedmemory_write),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_sharedmemory_t}, UInt64, Ptr{UInt8}, Csize_t),
        sharedmemory,
        address,
        data,
        len,
    )
end

"""
    safewasm_sharedmemory_is_valid(sharedmemory)

Returns true if `sharedmemory` is a shared memory that has not been deleted. Never fails. May be
called from any thread.
"""
function safewasm_sharedmemory_is_valid(sharedmemory)
    FUNCTIONS.safewasm_sharedmemory_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_sharedmemory_is_valid),
        Bool,
        (Ptr{safewasm_sharedmemory_t},),
        sharedmemory,
    )
end

"""
    safewasm_sharedmemory_delete(sharedmemory)

Deletes the handle `sharedmemory`. The memory lives on in the instances that have it. Does
nothing if `sharedmemory` is NULL or was deleted already. Never fails and never waits. May be
called from any thread.
"""
function safewasm_sharedmemory_delete(sharedmemory)
    FUNCTIONS.safewasm_sharedmemory_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_sharedmemory_delete),
        Cvoid,
        (Ptr{safewasm_sharedmemory_t},),
        sharedmemory,
    )
end

"""
    safewasm_wasi_new(wasi_out)

Creates a WASI config with nothing in it: no arguments, no environment, no folders, an empty
standard input; standard output and standard error are discarded.

On success `*wasi_out` is a new WASI config; pass it to `safewasm_store_set_wasi` or delete it
with `safewasm_wasi_delete`. On failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_wasi_new(wasi_out)
    return ccall(
        @address(safewasm_wasi_new),
        Ptr{safewasm_error_t},
        (Ptr{Ptr{safewasm_wasi_t}},),
        wasi_out,
    )
end

"""
    safewasm_wasi_add_arg(wasi, arg, arg_len)

Adds an argument of the program, UTF-8 text of `arg_len` bytes (or `SAFEWASM_STRLEN`). The first
one is the program's name.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if the text isn't UTF-8 or contains a NUL.
"""
function safewasm_wasi_add_arg(wasi, arg, arg_len)
    return ccall(
        @address(safewasm_wasi_add_arg),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, Ptr{Cchar}, Csize_t),
        wasi,
        arg,
        arg_len,
    )
end

"""
    safewasm_wasi_add_env(wasi, name, name_len, value, value_len)

Sets an environment variable of the program. Its name is `name`, UTF-8 text of `name_len` bytes
(or `SAFEWASM_STRLEN`), and its value is `value`, UTF-8 text of `value_len` bytes (or
`SAFEWASM_STRLEN`). A value that was set before is replaced.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if a text isn't UTF-8 or contains a NUL, or if the name is
empty or contains `=`.
"""
function safewasm_wasi_add_env(wasi, name, name_len, value, value_len)
    return ccall(
        @address(safewasm_wasi_add_env),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, Ptr{Cchar}, Csize_t, Ptr{Cchar}, Csize_t),
        wasi,
        name,
        name_len,
        value,
        value_len,
    )
end

"""
    safewasm_wasi_inherit_args(wasi)

Adds the arguments of this process, the name of its program first. What isn't UTF-8 in them is
replaced by U+FFFD.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wasi_inherit_args(wasi)
    return ccall(
        @address(safewasm_wasi_inherit_args),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t},),
        wasi,
    )
end

"""
    safewasm_wasi_inherit_env(wasi)

Sets the environment variables that this process has now. What isn't UTF-8 in them is replaced by
U+FFFD. No other thread MUST change the environment meanwhile (`setenv`).

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wasi_inherit_env(wasi)
    return ccall(
        @address(safewasm_wasi_inherit_env),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t},),
        wasi,
    )
end

"""
    safewasm_wasi_add_dir(wasi, host, host_len, guest, guest_len, writable)

Opens a folder for the program. Its path is `host`, UTF-8 text of `host_len` bytes (or
`SAFEWASM_STRLEN`), and the program sees it under the path `guest`, UTF-8 text of `guest_len`
bytes (or `SAFEWASM_STRLEN`), for instance `/in`, or `.` for the folder that relative paths start
from.

The program can read what is in the folder and in its folders. If `writable` is true, it can also
change it. It can't leave the folder, neither by `..` nor by symbolic links. It can open files
and folders only: FIFOs, sockets and devices are refused with the errno `notsup`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if a text isn't UTF-8 or contains a NUL, or if `guest` is
empty; `SAFEWASM_ERROR_IO` if the folder can't be opened, or is no folder.
"""
function safewasm_wasi_add_dir(wasi, host, host_len, guest, guest_len, writable)
    return ccall(
        @address(safewasm_wasi_add_dir),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, Ptr{Cchar}, Csize_t, Ptr{Cchar}, Csize_t, Bool),
        wasi,
        host,
        host_len,
        guest,
        guest_len,
        writable,
    )
end

"""
    safewasm_wasi_set_fixed_clock(wasi, unix_nanoseconds)

Fixes the clocks of the program: the realtime clock shows `unix_nanoseconds` since 1970, the
monotonic clock 0. Only a sleep of the program advances them, and takes no time itself.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wasi_set_fixed_clock(wasi, unix_nanoseconds)
    return ccall(
        @address(safewasm_wasi_set_fixed_clock),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, UInt64),
        wasi,
        unix_nanoseconds,
    )
end

"""
    safewasm_wasi_set_seed(wasi, seed)

Makes the random numbers of the program a function of `seed`: two runs get the same ones. They
are not fit for cryptography. Without a seed they are the system's, which are.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wasi_set_seed(wasi, seed)
    return ccall(
        @address(safewasm_wasi_set_seed),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, UInt64),
        wasi,
        seed,
    )
end

"""
    safewasm_wasi_set_open_limit(wasi, files)

Sets how many files and folders the program may have open at once, beside its streams and the
folders of `safewasm_wasi_add_dir`. The initial value is 1,000. Opening one more fails with the
errno `mfile`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wasi_set_open_limit(wasi, files)
    return ccall(
        @address(safewasm_wasi_set_open_limit),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, UInt32),
        wasi,
        files,
    )
end

"""
    safewasm_wasi_set_written_limit(wasi, bytes)

Sets how many bytes the program may write to its folders. `UINT64_MAX`, the initial value, means
no limit. A write beyond the limit fails as a whole, with the errno `nospc`.

Each byte that is written counts, whether the file grows or not. A file that grows otherwise
counts with the difference. Each new name of a file, folder or link counts 4,096 bytes. Deleting
gives nothing back.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wasi_set_written_limit(wasi, bytes)
    return ccall(
        @address(safewasm_wasi_set_written_limit),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, UInt64),
        wasi,
        bytes,
    )
end

"""
    safewasm_wasi_set_sandbox(wasi, sandbox)

Limits the bytes that the program may write and the files that it may have open as `sandbox`
says; see `safewasm_store_set_sandbox`. Everything else stays as it is: a WASI config gives the
program nothing that it wasn't told to give.

`sandbox` may be NULL, which selects the defaults.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wasi_set_sandbox(wasi, sandbox)
    return ccall(
        @address(safewasm_wasi_set_sandbox),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, Ptr{safewasm_sandbox_t}),
        wasi,
        sandbox,
    )
end

"""
    safewasm_wasi_is_valid(wasi)

Returns true if `wasi` is a WASI config that has neither been deleted nor given to a store.
Never fails. May be called from any thread.
"""
function safewasm_wasi_is_valid(wasi)
    FUNCTIONS.safewasm_wasi_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_wasi_is_valid),
        Bool,
        (Ptr{safewasm_wasi_t},),
        wasi,
    )
end

"""
    safewasm_wasi_delete(wasi)

Deletes `wasi`. Does nothing if `wasi` is NULL or was deleted already. Never fails and never
waits. May be called from any thread.
"""
function safewasm_wasi_delete(wasi)
    FUNCTIONS.safewasm_wasi_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_wasi_delete),
        Cvoid,
        (Ptr{safewasm_wasi_t},),
        wasi,
    )
end

"""
    safewasm_store_set_wasi(store, wasi)

Gives `store` the WASI that `wasi` describes. Instances in the store share it: their files, their
position in standard input, their limits. `wasi` is consumed, even if this function fails. A
store has one WASI at most.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if the store has WASI already; `SAFEWASM_ERROR_LIMIT` if the
library's threads for WASI can't be started; `SAFEWASM_ERROR_STORE_BUSY`,
`SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_store_set_wasi(store, wasi)
    return ccall(
        @address(safewasm_store_set_wasi),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t}, Ptr{safewasm_wasi_t}),
        store,
        wasi,
    )
end

"""
    safewasm_linker_define_wasi(linker)

Defines the functions of WASI preview 1 as imports from the module `wasi_snapshot_preview1`.
They work in stores that have WASI (`safewasm_store_set_wasi`). On failure nothing is defined.

A program's own memory must be exported as `memory`, as compilers do. The functions never end the
process: `proc_exit` ends the call, see `safewasm_instance_run`. Each runs on the thread that
calls wasm, and needs up to 128 KiB of its stack, which the library keeps free for it. A call that
waits in a read, in a write or in a sleep is ended by all that ends wasm (with
`safewasm_config_set_epoch_interruption`): deadlines, time limits, `safewasm_store_interrupt`,
epochs, and the interrupt flag of the hooks.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if one of them is defined already; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_linker_define_wasi(linker)
    return ccall(
        @address(safewasm_linker_define_wasi),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t},),
        linker,
    )
end

"""
    safewasm_componentlinker_define_wasi(linker)

Defines the interfaces of WASI 0.2 that `wasi:cli/imports` has: of `wasi:cli`, `wasi:clocks`,
`wasi:filesystem`, `wasi:io`, `wasi:random` and `wasi:sockets`. Components may import any version 0.2 of them.
They work in stores that have WASI (`safewasm_store_set_wasi`), which modules and components in a
store share. On failure nothing is defined.

The functions end no process and wait like those of `safewasm_linker_define_wasi`. There is no network:
`wasi:sockets` makes no socket and looks up no name, but answers `access-denied`. The sockets' functions
are there because many components import them.

The limits of a WASI config hold, too. Opening more files than `safewasm_wasi_set_open_limit` allows fails
with `insufficient-memory`, and writing more to folders than `safewasm_wasi_set_written_limit` allows with
`insufficient-space`. A component has at most 65,536 resources of WASI beside its files, such as streams and
pollables; one more ends the call with an error.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if one of them is defined already; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_componentlinker_define_wasi(linker)
    return ccall(
        @address(safewasm_componentlinker_define_wasi),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentlinker_t},),
        linker,
    )
end

"""
    safewasm_componentinstance_run(instance, status_out)

Runs a command: calls the function `run` of the interface `wasi:cli/run`, which `instance` exports.

On success `*status_out` is the exit status: that of `exit` or `exit-with-code`, or 0 if `run` returned
without an error and 1 if it returned one. On failure it is 0. `exit` has no status but 0 and 1. Like
every end of a call that isn't a return, an exit ends the components of the store.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if the component exports no such function; `SAFEWASM_ERROR_TYPE_MISMATCH` if it
isn't a function without parameters that returns a `result` without values; `SAFEWASM_ERROR_TRAP` from wasm,
and the errors that host functions return; `SAFEWASM_ERROR_COMPONENTS_ENDED`; `SAFEWASM_ERROR_LIMIT` if the
program reached a limit of its WASI; `SAFEWASM_ERROR_UNSUPPORTED` if it called a WASI function and the
store has no WASI; `SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_componentinstance_run(instance, status_out)
    return ccall(
        @address(safewasm_componentinstance_run),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_componentinstance_t}, Ptr{UInt32}),
        instance,
        status_out,
    )
end

"""
    safewasm_instance_run(instance, status_out)

Runs a command: calls the function `_start` of `instance`. A command can run once.

On success `*status_out` is the exit status: that of `proc_exit`, or 0 if the function returned.
On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if the module exports no `_start`; `SAFEWASM_ERROR_INVALID_MODULE` if
it isn't a function without parameters and results; `SAFEWASM_ERROR_TRAP` and
`SAFEWASM_ERROR_EXCEPTION` from wasm, and the errors that host functions return;
`SAFEWASM_ERROR_LIMIT` if the program reached a limit of its WASI; `SAFEWASM_ERROR_UNSUPPORTED`
if it called a WASI function and the store has no WASI; `SAFEWASM_ERROR_TASK`;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_instance_run(instance, status_out)
    return ccall(
        @address(safewasm_instance_run),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t}, Ptr{UInt32}),
        instance,
        status_out,
    )
end

"""
    safewasm_instance_initialize(instance)

Initializes a reactor, a module whose functions the program calls: calls the function
`_initialize` of `instance`, if it exports one and it was not called in this way before. Call
this before any other function of the instance.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_MODULE` if the module exports an `_initialize` that isn't a function
without parameters and results; `SAFEWASM_ERROR_EXIT` if the program exited;
`SAFEWASM_ERROR_TRAP` and `SAFEWASM_ERROR_EXCEPTION` from wasm, and the errors that host functions
return; `SAFEWASM_ERROR_LIMIT` if the program reached a limit of its WASI;
`SAFEWASM_ERROR_UNSUPPORTED` if it called a WASI function and the store has no WASI;
`SAFEWASM_ERROR_TASK`; `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_instance_initialize(instance)
    return ccall(
        @address(safewasm_instance_initialize),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_instance_t},),
        instance,
    )
end

"""
    safewasm_error_exit_status(error, status_out)

Returns true if `error` is of kind `SAFEWASM_ERROR_EXIT`: a program for WASI exited in another
call than `safewasm_instance_run`. `*status_out` is then its exit status. Otherwise returns false,
and `*status_out` is 0. `status_out` may be NULL.

Never fails. May be called from any thread.
"""
function safewasm_error_exit_status(error, status_out)
    return ccall(
        @address(safewasm_error_exit_status),
        Bool,
        (Ptr{safewasm_error_t}, Ptr{UInt32}),
        error,
        status_out,
    )
end

"""
    safewasm_wasi_inherit_stream(wasi, stream)

Connects a stream of the program to the same stream of the process, as it is at this call:
`stream` is a `safewasm_wasi_stream_t`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` for another number; `SAFEWASM_ERROR_IO` if the process has
closed the stream, or has too many open files.
"""
function safewasm_wasi_inherit_stream(wasi, stream)
    return ccall(
        @address(safewasm_wasi_inherit_stream),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, UInt32),
        wasi,
        stream,
    )
end

"""
    safewasm_wasi_set_stream_file(wasi, stream, path, path_len, append)

Connects a stream of the program to a file, which is opened by this call. `stream` is a
`safewasm_wasi_stream_t`, and `path` is UTF-8 text of `path_len` bytes (or `SAFEWASM_STRLEN`).

A file for standard output or standard error is created if it doesn't exist. It is emptied,
unless `append` is true: then all output goes to its end. Two streams that share a file need
`append` for both, or one file descriptor (`safewasm_wasi_set_stream_fd`). A named pipe for
standard input may have no writer yet; one for output must have a reader.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` for another number, for a `path` that isn't UTF-8 or has a
NUL, and if `append` is true for standard input; `SAFEWASM_ERROR_IO` if the file can't be opened
or is a folder.
"""
function safewasm_wasi_set_stream_file(wasi, stream, path, path_len, append)
    return ccall(
        @address(safewasm_wasi_set_stream_file),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, UInt32, Ptr{Cchar}, Csize_t, Bool),
        wasi,
        stream,
        path,
        path_len,
        append,
    )
end

"""
    safewasm_wasi_set_stream_fd(wasi, stream, fd)

Connects a stream of the program to the file descriptor `fd`, which must be open for the
stream's direction: of a pipe, a socket, a terminal, a device or a file. The library duplicates
it; the caller may close its own at once. The duplicate is closed when the program closes the
stream, or with the store. `stream` is a `safewasm_wasi_stream_t`.

The descriptor may be blocking or non-blocking, and the library never changes that, since other
processes may share it. Where the library can't open a pipe again by `/proc/self/fd`, and for
devices, it asks the system whether the descriptor is ready, and then reads or writes it. If
another process takes the bytes or the room in between, the thread waits in the system for the
next ones, where the system can't refuse that; time limits and interrupts wait with it.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` for another number, and if `fd` isn't open for the direction;
`SAFEWASM_ERROR_IO` if `fd` isn't open, or the process has too many open files.
"""
function safewasm_wasi_set_stream_fd(wasi, stream, fd)
    return ccall(
        @address(safewasm_wasi_set_stream_fd),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, UInt32, Int32),
        wasi,
        stream,
        fd,
    )
end

"""
    safewasm_wasi_set_stdin_bytes(wasi, bytes, len)

Gives the program the `len` bytes at `bytes` as its standard input. They are copied.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if `len` is more than any object has.
"""
function safewasm_wasi_set_stdin_bytes(wasi, bytes, len)
    return ccall(
        @address(safewasm_wasi_set_stdin_bytes),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, Ptr{UInt8}, Csize_t),
        wasi,
        bytes,
        len,
    )
end

"""
    safewasm_wasi_set_stdin_callback(wasi, callback, env, finalizer)

Has the program read its standard input from `callback`, which gets `env`. The library calls
`finalizer` with `env` when the callback is no longer needed, also if this function fails.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wasi_set_stdin_callback(wasi, callback, env, finalizer)
    return ccall(
        @address(safewasm_wasi_set_stdin_callback),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}),
        wasi,
        callback,
        env,
        finalizer,
    )
end

"""
    safewasm_wasi_set_stream_callback(wasi, stream, callback, env, finalizer)

Has the program's standard output or standard error go to `callback`, which gets `env`. The
library calls `finalizer` with `env` when the callback is no longer needed, also if this
function fails. `stream` is `SAFEWASM_WASI_STDOUT` or `SAFEWASM_WASI_STDERR`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` for another number.
"""
function safewasm_wasi_set_stream_callback(wasi, stream, callback, env, finalizer)
    return ccall(
        @address(safewasm_wasi_set_stream_callback),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, UInt32, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}),
        wasi,
        stream,
        callback,
        env,
        finalizer,
    )
end

"""
    safewasm_wasi_set_stream_buffer(wasi, stream, buffer)

Has the program's standard output or standard error go to an output buffer. Both may go to the
same one, and so may the streams of several programs. `stream` is `SAFEWASM_WASI_STDOUT`
or `SAFEWASM_WASI_STDERR`.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` for another number.
"""
function safewasm_wasi_set_stream_buffer(wasi, stream, buffer)
    return ccall(
        @address(safewasm_wasi_set_stream_buffer),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, UInt32, Ptr{safewasm_buffer_t}),
        wasi,
        stream,
        buffer,
    )
end

"""
    safewasm_wasi_set_output_limit(wasi, bytes)

Limits what the program may write to its standard output and standard error together, to
`bytes` bytes. A write beyond that writes what the limit allows, and then ends the call with an
error of kind `SAFEWASM_ERROR_LIMIT`. There is no limit at first.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_wasi_set_output_limit(wasi, bytes)
    return ccall(
        @address(safewasm_wasi_set_output_limit),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_wasi_t}, UInt64),
        wasi,
        bytes,
    )
end

"""
    safewasm_buffer_new(limit, buffer_out)

Creates an output buffer that holds at most `limit` bytes at a time. A program's write that
needs more fills the buffer, and then ends the call with an error of kind
`SAFEWASM_ERROR_LIMIT`. What is taken makes room.

On success `*buffer_out` is a new output buffer; delete it with `safewasm_buffer_delete`. On
failure it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_buffer_new(limit, buffer_out)
    return ccall(
        @address(safewasm_buffer_new),
        Ptr{safewasm_error_t},
        (UInt64, Ptr{Ptr{safewasm_buffer_t}}),
        limit,
        buffer_out,
    )
end

"""
    safewasm_buffer_take(buffer, bytes_out)

Takes all bytes out of an output buffer. A program may write to it at the same time.

On success `*bytes_out` is a new bytes object with what was written since the last call; delete
it with `safewasm_bytes_delete`. On failure it is NULL, and the buffer keeps its bytes.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`; `SAFEWASM_ERROR_LIMIT`.
"""
function safewasm_buffer_take(buffer, bytes_out)
    return ccall(
        @address(safewasm_buffer_take),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_buffer_t}, Ptr{Ptr{safewasm_bytes_t}}),
        buffer,
        bytes_out,
    )
end

"""
    safewasm_buffer_len(buffer, len_out)

Gets the number of bytes in an output buffer.

On success `*len_out` is the number. On failure it is 0.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
"""
function safewasm_buffer_len(buffer, len_out)
    return ccall(
        @address(safewasm_buffer_len),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_buffer_t}, Ptr{Csize_t}),
        buffer,
        len_out,
    )
end

"""
    safewasm_buffer_is_valid(buffer)

Returns true if `buffer` is an output buffer that has not been deleted. Never fails. May be
called from any thread.
"""
function safewasm_buffer_is_valid(buffer)
    FUNCTIONS.safewasm_buffer_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_buffer_is_valid),
        Bool,
        (Ptr{safewasm_buffer_t},),
        buffer,
    )
end

"""
    safewasm_buffer_delete(buffer)

Deletes the handle `buffer`. Programs that write to the buffer keep it alive. Does nothing if
`buffer` is NULL or was deleted already. Never fails and never waits. May be called from any
thread.
"""
function safewasm_buffer_delete(buffer)
    FUNCTIONS.safewasm_buffer_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_buffer_delete),
        Cvoid,
        (Ptr{safewasm_buffer_t},),
        buffer,
    )
end

"""
    safewasm_process_new(linker, module_, store, notify, env, finalizer, process_out)

Starts a process: instantiates `module` in `store` with the linker's definitions as its imports,
and calls its function `_start`, on a thread of the library. Returns at once.

`module` must be a command: it exports a function `_start` without parameters and results. Its
imports are looked up and checked before the thread starts. Its start function, if it has one,
runs on the thread.

`store` is consumed, even if this function fails: its handle and the handles of its objects are
invalid afterwards, and its views are empty. It keeps its limits, its fuel, its deadline, its
time limits, which are for all tasks from now on, and the data that is attached to it. If a call
runs in it, this function fails, and the store is deleted as by `safewasm_store_delete`. The
process frees it when it ends.

All signals but those of faults are blocked on the thread. It has at least 2 MiB of stack beside
the stack of wasm. Host functions of the linker are called on it. They get the store from their
caller (`safewasm_caller_store`). If the engine has hooks, `current_task` should return NULL on
this thread.

When the process has ended and its store is freed, the library calls `notify` with `env`, unless
`notify` is NULL. It calls `finalizer` with `env` once: on the thread after `notify`, or on the
calling thread if this function fails.

The program may end (`exit`) while processes run. A process that runs while the program forks
runs in the parent only.

On success `*process_out` is a new process; delete it with `safewasm_process_delete`. On failure
it is NULL.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_NOT_FOUND` if the module exports no `_start`; `SAFEWASM_ERROR_INVALID_MODULE` if
it isn't a function without parameters and results; `SAFEWASM_ERROR_LINK`, with the names of the
missing imports and similar names, or of the import with the wrong type;
`SAFEWASM_ERROR_WRONG_STORE` if the linker works with another store;
`SAFEWASM_ERROR_WRONG_ENGINE`; `SAFEWASM_ERROR_LIMIT` if no thread can be started;
`SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_process_new(linker, module_, store, notify, env, finalizer, process_out)
    return ccall(
        @address(safewasm_process_new),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_linker_t}, Ptr{safewasm_module_t}, Ptr{safewasm_store_t}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Cvoid}, Ptr{Ptr{safewasm_process_t}}),
        linker,
        module_,
        store,
        notify,
        env,
        finalizer,
        process_out,
    )
end

"""
    safewasm_process_wait(process, timeout, has_ended_out)

Waits until `process` has ended, but no longer than `timeout` nanoseconds. `UINT64_MAX` means
without a limit.

On success `*has_ended_out` is true if the process has ended, and false if the time is over. On
failure it is false.

May be called from any thread, and from several at once. A host function that the process has
called can't wait for it.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` on the thread that runs the process, and in a forked child if the
process had not ended before the fork.
"""
function safewasm_process_wait(process, timeout, has_ended_out)
    return ccall(
        @address(safewasm_process_wait),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_process_t}, UInt64, Ptr{Bool}),
        process,
        timeout,
        has_ended_out,
    )
end

"""
    safewasm_process_status(process, has_ended_out, status_out)

Gets the status of `process`: whether it has ended, and how. Never waits.

On success `*has_ended_out` is true if the process has ended. `*status_out` is then its exit
status: that of `proc_exit`, or 0 if `_start` returned. If the process runs, `*has_ended_out` is false and
`*status_out` is 0.

If an error ended the process, this function returns that error, a new one at each call, with
its backtrace. `*has_ended_out` is then true and `*status_out` is 0. If the function fails for
another reason, `*has_ended_out` is false.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` in a forked child if the process had not ended before the fork. If
an error ended the process: `SAFEWASM_ERROR_TRAP`, with the code `SAFEWASM_TRAP_INTERRUPT` if it
was killed or its time was over; `SAFEWASM_ERROR_EXCEPTION`; `SAFEWASM_ERROR_LIMIT`, also if the
program reached a limit of its WASI; the errors that host functions return;
`SAFEWASM_ERROR_UNSUPPORTED` if the module has a shared memory and the engine's config allows
none, or if the program called a WASI function and the store has no WASI.
"""
function safewasm_process_status(process, has_ended_out, status_out)
    return ccall(
        @address(safewasm_process_status),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_process_t}, Ptr{Bool}, Ptr{UInt32}),
        process,
        has_ended_out,
        status_out,
    )
end

"""
    safewasm_process_kill(process)

Kills `process`: ends it with the trap `SAFEWASM_TRAP_INTERRUPT` and the message that it was
killed, when wasm next reaches a loop or the start of a function, or at once if it waits in a
WASI function. A process that has not begun to run yet ends when it begins. Does nothing if the
process has ended. Waits for nothing.

A running host function is not interrupted; the trap follows when it returns to wasm. Killing
doesn't wake a thread that waits on a shared memory (`memory.atomic.wait32`, `wait64`).

May be called from any thread.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_UNSUPPORTED` if the engine's config has no epoch interruption, and in a forked
child if the process had not ended before the fork.
"""
function safewasm_process_kill(process)
    return ccall(
        @address(safewasm_process_kill),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_process_t},),
        process,
    )
end

"""
    safewasm_process_is_valid(process)

Returns true if `process` is a process that has not been deleted, whether it runs or has ended.
Never fails. May be called from any thread.
"""
function safewasm_process_is_valid(process)
    FUNCTIONS.safewasm_process_is_valid == C_NULL && return false
    return ccall(
        @address(safewasm_process_is_valid),
        Bool,
        (Ptr{safewasm_process_t},),
        process,
    )
end

"""
    safewasm_process_delete(process)

Deletes `process`. If it still runs, it is killed as by `safewasm_process_kill`; without epoch
interruption it runs on until it ends. `notify` is called in either case. Does nothing if
`process` is NULL or was deleted already. Never fails and never waits. May be called from any
thread.
"""
function safewasm_process_delete(process)
    FUNCTIONS.safewasm_process_delete == C_NULL && return nothing
    return ccall(
        @address(safewasm_process_delete),
        Cvoid,
        (Ptr{safewasm_process_t},),
        process,
    )
end

"""
    safewasm_release_later(env)

A finalizer for runtimes that can't run their own code in a finalizer. It only inserts `env`,
which points to a `safewasm_released_t`, at the start of its list, atomically; the runtime frees
the elements later. Pass it as a `safewasm_finalizer_t`, together with such an `env`. To take
the list, exchange `*list` with NULL atomically. `env` may be NULL, and then this function does
nothing.

`env` and its list MUST live until the program has taken the element from the list. Never fails.
May be called from any thread.
"""
function safewasm_release_later(env)
    return ccall(
        @address(safewasm_release_later),
        Cvoid,
        (Ptr{Cvoid},),
        env,
    )
end

"""
    safewasm_config_set_hooks(config, hooks)

Sets the hooks that the engine made with `config`, and its stores, call. `*hooks` is copied;
`hooks->size` is its size.

Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
`SAFEWASM_ERROR_INVALID_ARGUMENT` if the size is impossible.
"""
function safewasm_config_set_hooks(config, hooks)
    return ccall(
        @address(safewasm_config_set_hooks),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_config_t}, Ptr{safewasm_hooks_t}),
        config,
        hooks,
    )
end

"""
    safewasm_provoke_panic(store)

Panics inside the library and returns the error that the panic becomes. Use it when you port the
library to a new runtime: if this function returns, panics are caught in that process, whichever
unwinder it has loaded.

`store` may be NULL. Otherwise the panic happens in that store, which is poisoned then: every
use of it is an error until it is deleted.

Errors: always `SAFEWASM_ERROR_INTERNAL`, unless `store` is bad: then
`SAFEWASM_ERROR_INVALID_HANDLE` or `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
"""
function safewasm_provoke_panic(store)
    return ccall(
        @address(safewasm_provoke_panic),
        Ptr{safewasm_error_t},
        (Ptr{safewasm_store_t},),
        store,
    )
end

"""
    safewasm_version()

Returns the version of the library as a static text, such as "0.1.0", with a NUL at its end.
Compare it with `SAFEWASM_VERSION`, the version of this header.

Never fails. May be called from any thread.
"""
function safewasm_version()
    return ccall(
        @address(safewasm_version),
        Ptr{Cchar},
        (),
    )
end

"""
    safewasm_abi_version()

Returns the number of the library's ABI. Compare it with `SAFEWASM_ABI_VERSION`.

Never fails. May be called from any thread.
"""
function safewasm_abi_version()
    return ccall(
        @address(safewasm_abi_version),
        UInt32,
        (),
    )
end

end
