using Isthmus.Trust.Access;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Api.Fhir;

/// <summary>One interaction of the FHIR API.</summary>
/// <param name="Name">As contracts, quotas and switches know it.</param>
/// <param name="Template">A path with the parameters <c>{type}</c> and <c>{id}</c>.</param>
/// <param name="MostBytes">The largest body it reads; 0 where it takes none.</param>
/// <param name="Need">What a request wants to do; null for what anybody may ask.</param>
/// <param name="Answer">Answers a request that was let in.</param>
public sealed record FhirRoute(
    string Name, string Method, string Template, int MostBytes, Func<HttpRequest, IReadOnlyDictionary<string, string>, AccessNeed>? Need,
    Func<HttpContext, Admitted, Task> Answer);
