using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Governance.Reading;

/// <summary>The section <c>access</c> of <c>isthmus.yaml</c>.</summary>
internal static class AccessSettingsReader
{
    private const string IssuerShape = "an http or https URL without a slash at its end, without query and fragment";

    public static AccessSettings Read(Section access)
    {
        var issuer = access.Value<string>("issuer", "names the authorization server in every token", TryIssuer, IssuerShape) ?? string.Empty;
        return new AccessSettings
        {
            Issuer = issuer,
            Audience = access.OptionalText("audience") ?? issuer,
            TokenLifetime = access.ValueOr("token-lifetime", AccessSettings.DefaultLifetime, TryLifetime, "a duration from 1m to 15m"),
            ClockSkew = access.ValueOr("clock-skew", AccessSettings.DefaultSkew, TrySkew, "a duration of at most 60s"),
            Proxies = access.Values<IPNetwork>("proxies", null, IPNetwork.TryParse, "a network such as 10.1.0.0/24"),
            Alerts = access.OptionalSub("alerts") is { } alerts ? Limits(alerts) : new ConductLimits(),
            CertificateAddress = access.ValueOr<string?>("certificate-address", null, TryIssuer!, IssuerShape),
            TrustedIssuers = [.. access.Each("trusted-issuers").Select(Trusted)],
        };
    }

    private static ConductLimits Limits(Section alerts)
    {
        var usual = new ConductLimits();
        return usual with
        {
            Window = alerts.ValueOr("window", usual.Window, TryWindow, "a duration from 1m to 1h"),
            Failures = alerts.Number("failures", usual.Failures, 1, 1_000_000),
            Repeats = alerts.Number("repeats", usual.Repeats, 1, 1_000_000),
            Spread = alerts.Number("spread", usual.Spread, 2, ConductLimits.LargestSpread),
            Quiet = alerts.ValueOr("quiet", usual.Quiet, Quantities.TryDuration, Quantities.DurationShape),
        };
    }

    private static TrustedIssuer Trusted(Section trusted) => new(
        trusted.Value<string>("issuer", "is what its tokens say", TryIssuer, IssuerShape) ?? string.Empty,
        trusted.Value<Uri>("jwks-url", "is where its keys are", Quantities.TryUrl, Quantities.UrlShape) ?? new Uri("http://localhost/"),
        trusted.Text("audience", "keeps tokens for others out"),
        trusted.Values<string>("algorithms", "says by what it signs", TryAlgorithm, $"one of {string.Join(", ", SignatureAlgorithms.Names)}"));

    private static bool TryIssuer(string text, out string issuer)
    {
        issuer = text;
        return Quantities.TryUrl(text, out var url) && !text.EndsWith('/') && url is { Query: "", Fragment: "", UserInfo: "" };
    }

    private static bool TryLifetime(string text, out TimeSpan value) =>
        Quantities.TryDuration(text, out value) && value >= TimeSpan.FromMinutes(1) && value <= AccessSettings.LongestLifetime;

    private static bool TryWindow(string text, out TimeSpan value) =>
        Quantities.TryDuration(text, out value) && value >= ConductLimits.ShortestWindow && value <= ConductLimits.LongestWindow;

    private static bool TrySkew(string text, out TimeSpan value) => Quantities.TryDuration(text, out value) && value <= AccessSettings.LargestSkew;

    private static bool TryAlgorithm(string text, out string name)
    {
        name = text;
        return SignatureAlgorithms.TryParse(text, out _);
    }
}
