/** The compose file and the image as far as reading them can tell: no engine is asked. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { VARIABLES } from '../../src/config-variables.ts';
import { ROOT, readDocument } from '../docs/markdown.ts';

interface Service {
  image?: string;
  build?: string;
  profiles?: string[];
  environment?: Record<string, string>;
  secrets?: string[];
  ports?: string[];
  volumes?: string[];
  read_only?: boolean;
  networks?: string[];
  tmpfs?: string[];
  cap_drop?: string[];
  security_opt?: string[];
}

const compose: {
  services: Record<string, Service>;
  secrets: Record<string, unknown>;
  volumes: Record<string, unknown>;
  networks: Record<string, unknown>;
} = parse(readDocument('docker-compose.yml'));
const services = Object.entries(compose.services);
const dockerfile = readDocument('Dockerfile');

describe('docker-compose.yml', () => {
  it('brings up Redis and workers by itself, the sandbox and the monitoring on demand', () => {
    const profileOf = Object.fromEntries(
      services.map(([name, { profiles = [] }]) => [name, profiles.join()]),
    );
    expect(profileOf).toEqual({
      redis: '',
      worker: '',
      sandbox: 'sandbox',
      prometheus: 'monitoring',
      grafana: 'monitoring',
    });
  });

  it('gives every service a read-only file system and no rights', () => {
    for (const [name, service] of services) {
      expect(service, name).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
    for (const [name, service] of services.filter(([, { build }]) => build !== undefined)) {
      expect(service.tmpfs, name).toEqual(['/tmp']);
    }
  });

  it('publishes ports to this machine only', () => {
    for (const port of services.flatMap(([, { ports = [] }]) => ports))
      expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('names variables and secrets that there are, and no secret in the clear', () => {
    const { environment = {}, secrets = [] } = compose.services.worker ?? {};
    for (const [name, value] of Object.entries(environment)) {
      const variable = name.replace(/_FILE$/, '') as keyof typeof VARIABLES;
      expect(Object.keys(VARIABLES)).toContain(variable);
      if (!name.endsWith('_FILE')) continue;
      expect(value).toBe(`/run/secrets/${variable.toLowerCase()}`);
      expect(secrets).toContain(variable.toLowerCase());
    }
    expect(environment).not.toHaveProperty('TFSO_PASSWORD');
    const ofRedis = compose.services.redis?.secrets ?? [];
    expect([...secrets, ...ofRedis].sort()).toEqual(Object.keys(compose.secrets).sort());
  });

  it('keeps Redis behind a password, in no argument, on a network of its own and the worker', () => {
    expect(compose.services.redis).toMatchObject({ networks: ['store'], secrets: ['redis_password'] });
    expect(compose.services.redis).not.toHaveProperty('ports');
    expect(JSON.stringify(compose.services.redis)).toMatch(/<<CONFIG\\nrequirepass \$\$\(cat /);
    expect(compose.networks).toEqual({ store: { internal: true } });
    const beside = services.filter(([, { networks = [] }]) => networks.includes('store'));
    expect(beside.map(([name]) => name).sort()).toEqual(['redis', 'worker']);
  });

  it('mounts files that exist and volumes that are declared', () => {
    for (const [from = ''] of services.flatMap(([, { volumes = [] }]) =>
      volumes.map((one) => one.split(':')),
    )) {
      if (from.startsWith('./')) expect(existsSync(join(ROOT, from)), from).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(from);
    }
  });

  it('lets Redis forget nothing', () => {
    expect(JSON.stringify(compose.services.redis)).toMatch(
      /--appendonly yes --appendfsync always --maxmemory-policy noeviction/,
    );
  });

  it('pins every image', () => {
    for (const [name, { image }] of services) {
      if (image !== undefined) expect(image, name).toMatch(/:v?\d+\.\d+/);
    }
  });

  it('has Prometheus scrape the port that the image listens on', () => {
    const { scrape_configs } = parse(readDocument('docs/monitoring/prometheus.yml'));
    const [{ job_name, dns_sd_configs }] = scrape_configs;
    expect(job_name).toBe('sharefox-24seven');
    expect(dns_sd_configs[0]).toMatchObject({ names: ['worker'], port: 3_024 });
    expect(dockerfile).toMatch(/^ENV OPS_HOST=0\.0\.0\.0 OPS_PORT=3024$/m);
    expect(parse(readDocument('docs/monitoring/grafana-dashboards.yml')).providers[0].options.path).toBe(
      '/var/lib/grafana/dashboards',
    );
  });
});

describe('the image', () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

  it('holds the built code and what it needs at run time, no sources and no tests', () => {
    const copied = [...last.matchAll(/^COPY (.*)$/gm)].map(([, what]) => what);
    expect(copied).toEqual([
      '--from=packages /app/node_modules ./node_modules',
      '--from=build /app/dist ./dist',
      'package.json ./',
    ]);
    expect(dockerfile).toContain('npm install --omit=dev');
    expect(last).toMatch(/^\nFROM node:\d+-\w+-slim$/m);
  });

  it('runs as nobody in particular, says whether it is alive, and ends on SIGTERM', () => {
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK .*\n.*\/livez/m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    // No shell in between, which would keep the signal to itself.
    expect(last).toMatch(/^CMD \["node", "dist\/workers\/main\.js"\]$/m);
  });
});
