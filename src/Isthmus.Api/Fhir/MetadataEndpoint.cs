using System.Globalization;
using System.Text.Json;
using Isthmus.Exchange.Contracts;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Search;
using Isthmus.Records;
using Isthmus.Trust.Access;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Api.Fhir;

/// <summary><c>GET /fhir/metadata</c>: what this API does today, and where its clients get their tokens (SMART App Launch 2.2, conformance).</summary>
internal sealed class MetadataEndpoint(Func<SiteModel> site, string version)
{
    private const string OAuthUris = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";

    private static readonly SearchIndex Index = SearchIndex.Of(DefinitionSet.R4);

    private static readonly object[] Interactions = [new { code = "read" }, new { code = "vread" }, new { code = "history-instance" }, new { code = "search-type" }];

    public async Task AnswerAsync(HttpContext call, Admitted admitted)
    {
        var body = Write(site());
        call.Response.ContentType = "application/fhir+json; charset=utf-8";
        call.Response.ContentLength = body.Length;
        await call.Response.Body.WriteAsync(body, call.RequestAborted);
    }

    private byte[] Write(SiteModel current) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        resourceType = "CapabilityStatement",
        status = "active",
        date = DateOfVersion.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        kind = "instance",
        software = new { name = "Isthmus", version },
        implementation = new { description = current.Name },
        fhirVersion = "4.0.1",
        format = new[] { "json" },
        rest = new[]
        {
            new
            {
                mode = "server",
                security = new
                {
                    service = new[] { new { coding = new[] { new { system = "http://terminology.hl7.org/CodeSystem/restful-security-service", code = "SMART-on-FHIR" } } } },
                    extension = new[] { new { url = OAuthUris, extension = new[] { new { url = "token", valueUri = current.Access?.Endpoint("/oauth2/token") ?? string.Empty } } } },
                },
                resource = ResourceTypes.All.Select(type => new
                {
                    type,
                    profile = $"http://hl7.org/fhir/StructureDefinition/{type}",
                    interaction = Interactions,
                    versioning = "versioned",
                    readHistory = true,
                    conditionalRead = "not-match",
                    searchInclude = References(type),
                    searchParam = Index.Parameters(type).Select(parameter => new { name = parameter.Code, definition = parameter.Url, type = Word(parameter.Kind) }),
                }),
            },
        },
    });

    private static IEnumerable<string> References(string type) =>
        Index.Parameters(type).Where(parameter => parameter.Kind == SearchKind.Reference).Select(parameter => $"{type}:{parameter.Code}");

#pragma warning disable CA1308 // The standard writes its words in small letters.
    private static string Word(SearchKind kind) => kind.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>When what it says last changed.</summary>
    private static DateOnly DateOfVersion => new(2026, 11, 20);
}
