using Microsoft.Extensions.Hosting;
using Monty.Actors;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Durable sessions in a host.</summary>
public static class MontyServiceCollectionExtensions
{
    /// <summary>Adds an engine that starts and stops with the host.</summary>
    /// <remarks>
    /// Inject <see cref="MontyEngine"/> where things are made while the host runs, such as in request handlers. Hosted services are made before anything
    /// is started: inject <see cref="MontyEngineHost"/> there. The journal is disposed by whoever made it; one that the container made outlives the engine.
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Gives the engine's options, once.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="InvalidOperationException">There is an engine already.</exception>
    public static IServiceCollection AddMonty(this IServiceCollection services, Func<IServiceProvider, MontyEngineOptions> options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        if (services.Any(s => s.ServiceType == typeof(MontyEngineHost))) throw new InvalidOperationException("AddMonty was called before. A host has one engine; give all its tools there.");
        return services
            .AddSingleton(provider => new MontyEngineHost(options(provider)))
            .AddSingleton<IHostedService>(provider => provider.GetRequiredService<MontyEngineHost>())
            .AddSingleton(provider => provider.GetRequiredService<MontyEngineHost>().Engine);
    }
}
