using Isthmus.Exchange.Contracts;
using Isthmus.Records.Read;
using Isthmus.Trust.Access;
using Isthmus.Trust.Keys;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Isthmus.Api.Fhir;

/// <summary>The FHIR API, as far as it goes. All of it stands behind admission.</summary>
public sealed class FhirRoutes : IAsyncDisposable
{
    private const string Metadata = "fhir-metadata";
    private const string Read = "fhir-read";
    private const string History = "fhir-history";
    private const string Search = "fhir-search";
    private const string Write = "fhir-write";
    private const string Export = "fhir-export";

    private const string Resource = "/fhir/{type}/{id}";
    private const string Type = "/fhir/{type}";
    private const int MostBytes = 1024 * 1024;

    private readonly ReadAudit audit;

    /// <param name="source">The API's login.</param>
    /// <param name="keys">With the key that records are under.</param>
    /// <param name="version">Of the software, for the capability statement.</param>
    public FhirRoutes(NpgsqlDataSource source, KeySource keys, Func<SiteModel> site, string version, TimeProvider time)
    {
        audit = new ReadAudit(source, time);
        var ring = new TenantKeyRing(source, keys, site);
        var metadata = new MetadataEndpoint(site, version);
        var read = new ReadEndpoint(source, ring, audit, site, time);
        var search = new SearchEndpoint(source, ring, audit, site, time);
        All =
        [
            new FhirRoute(Metadata, HttpMethods.Get, "/fhir/metadata", 0, null, metadata.AnswerAsync),
            new FhirRoute(Read, HttpMethods.Get, Resource, 0, (_, path) => FhirNeed.Of(Interactions.Read, path["type"]), read.ReadAsync),
            new FhirRoute(Read, HttpMethods.Get, Resource + "/_history/{version}", 0, (_, path) => FhirNeed.Of(Interactions.Read, path["type"]), read.ReadVersionAsync),
            new FhirRoute(History, HttpMethods.Get, Resource + "/_history", 0, (_, path) => FhirNeed.Of(Interactions.Read, path["type"]), read.HistoryAsync),
            new FhirRoute(Search, HttpMethods.Get, Type, 0, (request, path) => FhirNeed.Search(path["type"], request.Query), search.AnswerAsync),

            // What is not offered yet is refused as everything else is: by scope first, so that nobody learns more than they may do.
            new FhirRoute(Export, HttpMethods.Get, "/fhir/$export", 0, (_, _) => AccessNeed.Invoke("$export"), NotSupported.AnswerAsync),
            Writing(HttpMethods.Post, Type, Interactions.Create),
            Writing(HttpMethods.Put, Resource, Interactions.Update),
            Writing(HttpMethods.Patch, Resource, Interactions.Update),
            Writing(HttpMethods.Delete, Resource, Interactions.Delete) with { MostBytes = 0 },
        ];
    }

    /// <summary>The names of all routes.</summary>
    public static IReadOnlyList<string> Names { get; } = [Metadata, Read, History, Search, Write, Export];

    public IReadOnlyList<FhirRoute> All { get; }

    /// <summary>Whether a parameter of a path can have a value: a type that exists, an id of the standard.</summary>
    public static bool Accepts(string parameter, string value) => parameter == "type" ? FhirNeed.IsType(value) : FhirNeed.IsId(value);

    public ValueTask DisposeAsync() => audit.DisposeAsync();

    private static FhirRoute Writing(string method, string template, Interactions interaction) =>
        new(Write, method, template, MostBytes, (_, path) => FhirNeed.Of(interaction, path["type"]), NotSupported.AnswerAsync);
}
