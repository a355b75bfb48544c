namespace Isthmus.Hl7v2;

/// <summary>One component of a repetition; the parts are its sub-components.</summary>
public readonly struct Hl7Component
{
    private readonly Hl7Extent extent;

    internal Hl7Component(Hl7Extent extent) => this.extent = extent;

    public bool Exists => extent.Exists;

    /// <summary>Nothing there but delimiters.</summary>
    public bool IsEmpty => extent.IsEmpty;

    /// <summary>The component is <c>""</c>: delete the value.</summary>
    public bool IsNull => extent.IsNull;

    /// <summary>The sender cut it short and says so by the truncation character of MSH-2, which stays in the text.</summary>
    public bool IsTruncated => extent.IsTruncated;

    public ReadOnlySpan<byte> Raw => extent.Raw;

    public ReadOnlyMemory<byte> RawMemory => extent.RawMemory;

    /// <summary>Byte offset in the message.</summary>
    public int Offset => extent.Start;

    public Hl7Location Location => extent.Location;

    /// <summary>At least one for a component that exists.</summary>
    public int SubcomponentCount => extent.Count(StopKind.Subcomponent);

    /// <summary>The first sub-component: the value of a primitive component.</summary>
    public Hl7Subcomponent Value => Subcomponent(1);

    /// <param name="number">One-based.</param>
    public Hl7Subcomponent Subcomponent(int number) => new(extent.Part(StopKind.Subcomponent, number));

    public string GetText() => extent.GetText();

    /// <summary>Writes the text as UTF-8; a destination as long as <see cref="Raw"/> always suffices.</summary>
    public bool TryGetText(Span<byte> destination, out int written) => extent.TryGetText(destination, out written);

    public override string ToString() => $"{nameof(Hl7Component)}({extent.Length} bytes)";
}

/// <summary>The innermost part: a plain value.</summary>
public readonly struct Hl7Subcomponent
{
    private readonly Hl7Extent extent;

    internal Hl7Subcomponent(Hl7Extent extent) => this.extent = extent;

    public bool Exists => extent.Exists;

    public bool IsEmpty => extent.IsEmpty;

    /// <summary>The value is <c>""</c>: delete it.</summary>
    public bool IsNull => extent.IsNull;

    /// <summary>The sender cut it short and says so by the truncation character of MSH-2, which stays in the text.</summary>
    public bool IsTruncated => extent.IsTruncated;

    public ReadOnlySpan<byte> Raw => extent.Raw;

    public ReadOnlyMemory<byte> RawMemory => extent.RawMemory;

    /// <summary>Byte offset in the message.</summary>
    public int Offset => extent.Start;

    public Hl7Location Location => extent.Location;

    public string GetText() => extent.GetText();

    /// <summary>Writes the text as UTF-8; a destination as long as <see cref="Raw"/> always suffices.</summary>
    public bool TryGetText(Span<byte> destination, out int written) => extent.TryGetText(destination, out written);

    public override string ToString() => $"{nameof(Hl7Subcomponent)}({extent.Length} bytes)";
}
