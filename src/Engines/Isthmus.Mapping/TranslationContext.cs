namespace Isthmus.Mapping;

/// <summary>What a translation needs to know besides the message.</summary>
/// <param name="Zone">The source's zone, for times without an offset (FHIR demands one).</param>
/// <param name="Source">The scope of the source's numbers and local codes; part of every id.</param>
/// <param name="IdKey">The key of the ids' HMAC, at least 16 bytes, the same for the life of the store.</param>
/// <param name="PatientId">The identified patient's id; null before identification, when PID-3 stands for it.</param>
/// <param name="Now">The instant of translation, for Provenance.</param>
/// <param name="MessageReference">How Provenance names the source message.</param>
/// <param name="BaseUrl">The server the bundle's fullUrls name; relative references resolve against it.</param>
public sealed record TranslationContext(
    TimeZoneInfo Zone,
    string Source,
    ReadOnlyMemory<byte> IdKey,
    string? PatientId,
    DateTimeOffset Now,
    string MessageReference,
    string BaseUrl = "https://isthmus.example/fhir")
{
    /// <summary>Names the source only.</summary>
    public override string ToString() => $"TranslationContext({Source})";
}
