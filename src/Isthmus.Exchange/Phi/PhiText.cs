using System.Diagnostics;

namespace Isthmus.Exchange.Phi;

/// <summary>Marks a type whose values are, or may contain, protected health information.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class PhiAttribute : Attribute;

/// <summary>
/// Text that is protected health information. It has no implicit conversion, its <see cref="ToString"/> is a
/// placeholder, and it is opened by name only, so that a log line, a metric label or an exception cannot take it by accident.
/// </summary>
[Phi]
[DebuggerDisplay("[phi]")]
public readonly struct PhiText(string value) : IEquatable<PhiText>
{
    private readonly string? value = value;

    public bool IsEmpty => string.IsNullOrEmpty(value);

    /// <summary>The text itself, for code that is entitled to it.</summary>
    public string Reveal() => value ?? string.Empty;

    public bool Equals(PhiText other) => string.Equals(value, other.value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is PhiText other && Equals(other);

    public override int GetHashCode() => string.GetHashCode(value ?? string.Empty, StringComparison.Ordinal);

    public override string ToString() => "[phi]";

    public static bool operator ==(PhiText left, PhiText right) => left.Equals(right);

    public static bool operator !=(PhiText left, PhiText right) => !left.Equals(right);
}
