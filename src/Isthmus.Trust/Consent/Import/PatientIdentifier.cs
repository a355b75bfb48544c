using Isthmus.Exchange.Phi;

namespace Isthmus.Trust.Consent.Import;

/// <summary>By which identifier a consent names its patient; to be resolved to the pseudonymous key by whoever may.</summary>
/// <param name="system">The identifier's system; says nothing about the person.</param>
/// <param name="value">The identifier.</param>
[Phi]
public readonly struct PatientIdentifier(string system, PhiText value)
{
    public string System { get; } = system;

    public PhiText Value { get; } = value;

    public override string ToString() => $"PatientIdentifier({System}, [phi])";
}
