namespace Isthmus.Exchange.Contracts;

/// <summary>
/// A jurisdiction's rules on consent as versioned data. What it does not name is denied.
/// </summary>
/// <param name="Name">E.g. <c>us-hipaa</c>.</param>
/// <param name="Jurisdiction">ISO 3166 code, e.g. <c>US</c>.</param>
/// <param name="Zone">The zone in which dates without a time begin and end.</param>
/// <param name="Precedence">Which of two contradicting consents holds.</param>
/// <param name="ActorHierarchy">Whether a consent that names an organisation covers its departments and staff.</param>
/// <param name="Purposes">By v3 PurposeOfUse code.</param>
public sealed record ConsentPolicy(
    string Name,
    string Version,
    string Jurisdiction,
    TimeZoneInfo Zone,
    ConsentPrecedence Precedence,
    bool ActorHierarchy,
    IReadOnlyDictionary<string, PurposeRule> Purposes)
{
    /// <summary>As decisions record it: <c>us-hipaa@1.0.0</c>.</summary>
    public string Id => $"{Name}@{Version}";
}

public enum ConsentPrecedence
{
    /// <summary>A refusal that applies beats any permit.</summary>
    DenyWins,

    /// <summary>Of the consents that apply, the newest holds; a tie denies.</summary>
    NewestWins,
}

/// <param name="Consent">Whether this purpose needs a consent.</param>
/// <param name="Basis">The legal basis of the purpose.</param>
/// <param name="HonoursRefusal">Where none is needed: whether a refusal on file nevertheless denies.</param>
/// <param name="SensitiveLabels">Security labels whose data need a consent even for this purpose (e.g. 42 CFR Part 2: <c>ETH</c>).</param>
/// <param name="Citation">The clause it rests on.</param>
public sealed record PurposeRule(
    ConsentNeed Consent,
    LawfulBasis Basis,
    bool HonoursRefusal,
    IReadOnlySet<string> SensitiveLabels,
    string Citation);

public enum ConsentNeed
{
    Required,
    NotRequired,

    /// <summary>Never permitted, whatever the person says.</summary>
    Forbidden,
}
