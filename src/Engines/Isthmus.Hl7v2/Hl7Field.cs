namespace Isthmus.Hl7v2;

/// <summary>
/// One field of a segment. Missing fields answer like empty ones, with <see cref="Exists"/> false.
/// Text is the raw bytes with escapes resolved; delimiters inside stay as written, so ask the
/// innermost part (<see cref="Value"/> for a primitive field) for a value.
/// </summary>
public readonly struct Hl7Field
{
    private readonly Hl7Extent extent;

    internal Hl7Field(Hl7Extent extent) => this.extent = extent;

    public bool Exists => extent.Exists;

    /// <summary>Nothing there but delimiters.</summary>
    public bool IsEmpty => extent.IsEmpty;

    /// <summary>The field is <c>""</c>: delete the value.</summary>
    public bool IsNull => extent.IsNull;

    /// <summary>The sender cut it short and says so by the truncation character of MSH-2, which stays in the text.</summary>
    public bool IsTruncated => extent.IsTruncated;

    public ReadOnlySpan<byte> Raw => extent.Raw;

    public ReadOnlyMemory<byte> RawMemory => extent.RawMemory;

    /// <summary>Byte offset in the message.</summary>
    public int Offset => extent.Start;

    /// <summary>In bytes, as written.</summary>
    public int Length => extent.Length;

    public Hl7Location Location => extent.Location;

    /// <summary>At least one for a field that exists.</summary>
    public int RepetitionCount => extent.Count(StopKind.Repetition);

    /// <summary>The repetitions in order, including empty ones; none for a missing field.</summary>
    public Hl7Repetitions Repetitions => new(extent);

    /// <summary>The first component of the first repetition, down to its first sub-component: the value of a primitive field.</summary>
    public Hl7Subcomponent Value => Component(1).Subcomponent(1);

    /// <param name="number">One-based.</param>
    public Hl7Repetition Repetition(int number) => new(extent.Part(StopKind.Repetition, number));

    /// <summary>A component of the first repetition.</summary>
    /// <param name="number">One-based.</param>
    public Hl7Component Component(int number) => Repetition(1).Component(number);

    public string GetText() => extent.GetText();

    /// <summary>Writes the text as UTF-8; a destination as long as <see cref="Raw"/> always suffices.</summary>
    public bool TryGetText(Span<byte> destination, out int written) => extent.TryGetText(destination, out written);

    public override string ToString() => $"{nameof(Hl7Field)}({extent.Length} bytes)";
}

/// <summary>One repetition of a field; the parts are its components.</summary>
public readonly struct Hl7Repetition
{
    private readonly Hl7Extent extent;

    internal Hl7Repetition(Hl7Extent extent) => this.extent = extent;

    public bool Exists => extent.Exists;

    /// <summary>Nothing there but delimiters.</summary>
    public bool IsEmpty => extent.IsEmpty;

    /// <summary>The repetition is <c>""</c>: delete the value.</summary>
    public bool IsNull => extent.IsNull;

    /// <summary>The sender cut it short and says so by the truncation character of MSH-2, which stays in the text.</summary>
    public bool IsTruncated => extent.IsTruncated;

    public ReadOnlySpan<byte> Raw => extent.Raw;

    public ReadOnlyMemory<byte> RawMemory => extent.RawMemory;

    /// <summary>Byte offset in the message.</summary>
    public int Offset => extent.Start;

    public Hl7Location Location => extent.Location;

    /// <summary>At least one for a repetition that exists.</summary>
    public int ComponentCount => extent.Count(StopKind.Component);

    /// <summary>The first component down to its first sub-component.</summary>
    public Hl7Subcomponent Value => Component(1).Subcomponent(1);

    /// <param name="number">One-based.</param>
    public Hl7Component Component(int number) => new(extent.Part(StopKind.Component, number));

    public string GetText() => extent.GetText();

    /// <summary>Writes the text as UTF-8; a destination as long as <see cref="Raw"/> always suffices.</summary>
    public bool TryGetText(Span<byte> destination, out int written) => extent.TryGetText(destination, out written);

    public override string ToString() => $"{nameof(Hl7Repetition)}({extent.Length} bytes)";
}
