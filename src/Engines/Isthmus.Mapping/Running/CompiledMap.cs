using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Running;

/// <summary>What a rule does with its value. The frame is the map invocation that the rule belongs to.</summary>
internal delegate void RuleAction(TranslationRun run, int frame, Slice value);

internal delegate bool Condition(TranslationRun run, int frame);

internal delegate Slice Source(TranslationRun run, int frame);

/// <summary>
/// One map, ready to run: every path is a number, every name an id, every table a reference.
/// An element that rules write into is a register; register 0 is what the map was called for.
/// </summary>
internal sealed class CompiledMap
{
    public required string Name { get; init; }

    /// <summary>The table of the official guide that it follows.</summary>
    public string? Guide { get; init; }

    /// <summary>The segment's or datatype's name.</summary>
    public required string SourceName { get; init; }

    public required bool IsSegment { get; init; }

    /// <summary>The FHIR type that is filled; empty for a map that yields one primitive.</summary>
    public required string Type { get; init; }

    /// <summary>The type as UTF-8 when the map makes a resource, else null.</summary>
    public byte[]? ResourceType { get; init; }

    public Register[] Registers { get; set; } = [];

    public Block[] Blocks
    {
        get;
        set => (field, BlockFields) = (value, [.. value.Select(block => Gate.BitOf(block.Field))]);
    }
    = [];

    /// <summary>The bits of the blocks' fields, side by side, because most fields of a segment are empty.</summary>
    public ulong[] BlockFields { get; private set; } = [];

    /// <summary>What identifies a resource made by this map; the whole value where empty.</summary>
    public Source[] Key { get; set; } = [];

    /// <summary>Whether it makes a resource that a value alone identifies, wherever in the message the value stands.</summary>
    public bool IsOfValue { get; set; }

    /// <summary>By the number of a fact: the question that answers it. At most as many facts as a word has bits.</summary>
    public Question[] Questions { get; set; } = [];

    /// <summary>The highest component number any rule asks for.</summary>
    public int Parts { get; set; }
}

/// <summary>An element that a map writes into, created when the first value arrives.</summary>
/// <param name="Parent">The register it hangs under.</param>
/// <param name="Name">Its element name's id.</param>
/// <param name="Sibling">Whether it is a primitive's <c>_name</c> object.</param>
/// <param name="Url">The url to write into it first, if it is an extension.</param>
internal readonly record struct Register(int Parent, int Name, bool Repeats, bool Sibling, byte[]? Url)
{
    /// <summary>What tells one repetition from another in the whole resource, whatever segment writes it; null for an element of this invocation's own.</summary>
    public Source? Key { get; init; }
}

/// <summary>Where a primitive goes: a property of a register's element, or with <see cref="IsValue"/> the place the map was called for.</summary>
internal readonly record struct Target(int Register, int Name, bool Repeats, bool IsValue)
{
    /// <summary>The FHIR primitive type that the target holds.</summary>
    public string Type { get; init; } = "string";

    /// <summary>Whether it is the start or the end of a Period.</summary>
    public bool IsPeriodBound { get; init; }
}

/// <summary>Consecutive rules over the same field; its repetitions are gone through together.</summary>
internal sealed record Block
{
    /// <summary>The field that is gone through; 0 for rules that do not read one.</summary>
    public required int Field { get; init; }

    /// <summary>Whether every repetition counts, or the first only, because nothing the rules write repeats.</summary>
    public required bool Each { get; init; }

    /// <summary>Registers first used in this block: each repetition begins with fresh ones.</summary>
    public required Range Fresh { get; init; }

    public required CompiledRule[] Rules { get; init; }

    /// <summary>A gate before each of the rules.</summary>
    public required Gate[] Gates { get; init; }

    /// <summary>Those of the map's facts that look at the field, and so may change from repetition to repetition.</summary>
    public required ulong Facts { get; init; }
}

internal sealed class CompiledRule
{
    /// <summary>Where the value comes from; null for rules that ask for their sources themselves, and for <see cref="TakesRepetition"/>.</summary>
    public required Source? From { get; init; }

    /// <summary>The value is the repetition in hand, which the block has found to be valued.</summary>
    public required bool TakesRepetition { get; init; }

    /// <summary>What of its condition depends on what the rules have made so far; null where nothing does.</summary>
    public required Condition? When { get; init; }

    public required Gate Gate { get; init; }

    /// <summary>For constants: the register that must already have content, or -1.</summary>
    public required int Beside { get; init; }

    public required RuleAction Apply { get; init; }

    /// <summary>What an explanation tells of it.</summary>
    public required RuleOrigin Origin { get; init; }
}

/// <summary>What a map call hands down.</summary>
internal sealed record CallWith(CodeTable? Vocabulary);
