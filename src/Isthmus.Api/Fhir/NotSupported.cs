using Isthmus.Trust.Access;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Api.Fhir;

/// <summary>An interaction that the capability statement does not offer (R4 http.html#summary: 501 where the server never does it).</summary>
internal static class NotSupported
{
    public static Task AnswerAsync(HttpContext call, Admitted admitted) => Outcomes.WriteAsync(
        call, StatusCodes.Status501NotImplemented, "not-supported", "fhir.not-supported", "This API does not offer this interaction; /fhir/metadata lists those it does.");
}
