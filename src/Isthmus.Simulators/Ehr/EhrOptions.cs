using Isthmus.Simulators.Serving;

namespace Isthmus.Simulators.Ehr;

/// <summary>What the EHR simulator is started with.</summary>
public sealed record EhrOptions : CounterpartOptions
{
    /// <summary>The client that may ask for tokens.</summary>
    public string ClientId { get; init; } = "isthmus";

    /// <summary>
    /// Its public keys, as PEM or JWK (Set) text: EC P-384 or RSA. Null: a P-384 key pair is made in the data folder
    /// (<c>client-key.pem</c>, private), for whoever plays the client.
    /// </summary>
    public string? ClientKeys { get; init; }

    /// <summary>A client secret to accept besides; null accepts none.</summary>
    public string? ClientSecret { get; init; }

    public TimeSpan TokenLife { get; init; } = TimeSpan.FromMinutes(5);
}
