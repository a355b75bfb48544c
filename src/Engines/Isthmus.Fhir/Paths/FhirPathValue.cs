using System.Globalization;
using System.Runtime.InteropServices;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// One item of a FHIRPath collection: an element of a resource, or a value the expression computed. Four words, copied freely.
/// <see cref="ToString"/> gives kind and type and never content, which is PHI.
/// </summary>
[StructLayout(LayoutKind.Explicit)]
public readonly struct FhirPathValue
{
    /// <summary>The tape of an element, the text of a string, the unit of a quantity, the name of a type.</summary>
    [FieldOffset(0)]
    internal readonly object? Reference;

    [FieldOffset(8)]
    internal readonly int Node;

    /// <summary>An element's number in <see cref="FhirTypes"/>.</summary>
    [FieldOffset(12)]
    internal readonly int Type;

    [FieldOffset(8)]
    internal readonly long Whole;

    [FieldOffset(8)]
    internal readonly decimal Number;

    [FieldOffset(8)]
    internal readonly PathTime Time;

    [FieldOffset(24)]
    private readonly PathKind kind;

    internal FhirPathValue(FhirTape tape, int node, int type, PathKind kind = PathKind.Element)
    {
        Reference = tape;
        Node = node;
        Type = type;
        this.kind = kind;
    }

    internal FhirPathValue(string text)
    {
        Reference = text;
        kind = PathKind.String;
    }

    internal FhirPathValue(bool value)
    {
        Whole = value ? 1 : 0;
        kind = PathKind.Boolean;
    }

    internal FhirPathValue(long value)
    {
        Whole = value;
        kind = PathKind.Integer;
    }

    internal FhirPathValue(decimal value)
    {
        Number = value;
        kind = PathKind.Decimal;
    }

    internal FhirPathValue(decimal value, PathUnit unit)
    {
        Number = value;
        Reference = unit;
        kind = PathKind.Quantity;
    }

    internal FhirPathValue(PathTime value, PathKind kind)
    {
        Time = value;
        this.kind = kind;
    }

    internal FhirPathValue(PathTypeName type)
    {
        Reference = type;
        kind = PathKind.Type;
    }

    public PathKind Kind => kind;

    public bool IsElement => kind is PathKind.Element or PathKind.ElementWithoutValue;

    /// <summary>The element; absent for a computed value. For a primitive without a value, its <c>_name</c> sibling.</summary>
    public FhirElement Element => IsElement ? new FhirElement((FhirTape)Reference!, Node) : default;

    /// <summary>The FHIR type's name (<c>code</c>, <c>HumanName</c>), or the system type's (<c>Boolean</c>, <c>Quantity</c>).</summary>
    public string TypeName => kind switch
    {
        PathKind.Element or PathKind.ElementWithoutValue => Type < 0 ? "Element" : FhirTypes.R4[Type].Name,
        _ => kind.ToString(),
    };

    /// <summary>A boolean's value; null for anything else.</summary>
    public bool? AsBoolean() => kind switch
    {
        PathKind.Boolean => Whole != 0,
        PathKind.Element => Element.AsBoolean(),
        _ => null,
    };

    /// <summary>An integer's or decimal's value, or that of a quantity; null for anything else.</summary>
    public decimal? AsDecimal() => kind switch
    {
        PathKind.Integer => Whole,
        PathKind.Decimal or PathKind.Quantity => Number,
        PathKind.Element => Element.AsDecimal(),
        _ => null,
    };

    /// <summary>A quantity's unit as written: UCUM, or a calendar duration (<c>week</c>); null for anything else.</summary>
    public string? Unit => kind == PathKind.Quantity ? ((PathUnit)Reference!).Text : null;

    /// <summary>The value as <c>toString()</c> would write it; null for an element that is not a primitive with a value.</summary>
    public string? AsString() => kind switch
    {
        PathKind.Element => Element.AsString(),
        PathKind.Boolean => Whole != 0 ? "true" : "false",
        PathKind.Integer => Whole.ToString(CultureInfo.InvariantCulture),
        PathKind.Decimal => Number.ToString(CultureInfo.InvariantCulture),
        PathKind.String => (string)Reference!,
        PathKind.Date or PathKind.DateTime or PathKind.Time => Time.ToText(kind),
        PathKind.Quantity => $"{Number.ToString(CultureInfo.InvariantCulture)} {(PathUnit)Reference!}",
        PathKind.Type => ((PathTypeName)Reference!).ToString(),
        _ => null,
    };

    /// <summary>A computed value as an expression would write it (<c>@2015-02</c>, <c>4 'mg'</c>); otherwise as <see cref="AsString"/>.</summary>
    public string? AsLiteral() => kind switch
    {
        PathKind.Date or PathKind.DateTime => $"@{AsString()}",
        PathKind.Time => $"@T{AsString()}",
        _ => AsString(),
    };

    public override string ToString() => $"FhirPathValue({kind}, {TypeName})";
}
